#include "telemetry/source_limit.hpp"

#include "snmp/recent.hpp"

#include <algorithm>

namespace headgate::telemetry {

namespace {

std::uint32_t milliseconds(base::Instant at) {
    return static_cast<std::uint32_t>(at.time_since_epoch().count());
}

}

SourceLimit::SourceLimit(std::size_t known, unsigned perSecond, std::uint64_t seed)
    : m_rate(static_cast<float>(std::max(perSecond, 1U)))
    , m_seed(seed)
    , m_known(known)
    , m_strangers(strangers / ways) {}

bool SourceLimit::take(Bucket& bucket, float rate, base::Instant now) {
    const auto at = milliseconds(now);
    if (bucket.left < 0)
        bucket.left = rate;
    else
        bucket.left = std::min(rate, bucket.left + rate * static_cast<float>(at - bucket.at) / 1000);
    bucket.at = at;
    if (bucket.left < 1) return false;
    bucket.left -= 1;
    return true;
}

bool SourceLimit::admitStranger(const snmp::Endpoint& source, base::Instant now) {
    auto address = source;
    address.port = 0; // or one source were many
    const auto key = snmp::Fingerprint(m_seed).add(std::hash<snmp::Endpoint>()(address)).value();
    auto& set = m_strangers[key % m_strangers.size()];
    auto place = std::find_if(set.begin(), set.end(), [&](const Stranger& one) {
        return one.bucket.left >= 0 && one.address == key;
    });
    if (place == set.end()) {
        const auto silence = [at = milliseconds(now)](const Stranger& one) {
            return one.bucket.left < 0 ? 0xffffffffU : at - one.bucket.at;
        };
        place = std::max_element(set.begin(), set.end(), [&](const Stranger& a, const Stranger& b) {
            return silence(a) < silence(b);
        });
        *place = {key, {}};
    }
    return take(place->bucket, m_rate, now) && take(m_allStrangers, m_rate * forStrangers, now);
}

}
