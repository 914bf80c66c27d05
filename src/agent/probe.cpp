#include "agent/probe.hpp"

#include "agent/stream.hpp"
#include "base/event_loop.hpp"
#include "base/worker.hpp"

#include <openssl/evp.h>

#include <algorithm>

namespace headgate::agent {

namespace {

using Kind = ProbeSettings::Kind;

/// What of an answer is read at most: a status line.
constexpr std::size_t mostStatusLine = 1024;

std::string base64(std::string_view text) {
    std::string out(4 * ((text.size() + 2) / 3) + 1, '\0');
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    out.resize(static_cast<std::size_t>(size));
    return out;
}

std::string hostOf(const ProbeSettings& settings) {
    const auto& name = settings.serverName.empty() ? settings.address : settings.serverName;
    const bool six = name.find(':') != std::string::npos;
    return (six ? '[' + name + ']' : name) + ':' + std::to_string(settings.port);
}

std::string request(const ProbeTask& task) {
    std::string text = "GET " + task.settings.path + " HTTP/1.1\r\nHost: " + hostOf(task.settings) +
                       "\r\nUser-Agent: headgate-agent\r\nAccept: */*\r\nConnection: close\r\n";
    const auto& authentication = task.authentication;
    const auto secret = task.material.secret.reveal();
    if (task.settings.useCredentials && authentication.kind == mib::server::Kind::password)
        text += "Authorization: Basic " + base64(authentication.user + ':' + std::string(secret)) + "\r\n";
    if (task.settings.useCredentials && authentication.kind == mib::server::Kind::token)
        text += authentication.header + ": " + std::string(secret) + "\r\n";
    return text + "\r\n";
}

bool expected(const ProbeSettings& settings, int status) {
    if (settings.expect.empty()) return status >= 200 && status < 400;
    return std::find(settings.expect.begin(), settings.expect.end(), status) != settings.expect.end();
}

template <typename Stream>
void askHttp(Stream& stream, const ProbeTask& task, ProbeResult& result) {
    const base::Secret text(request(task));
    stream.write(text.reveal());
    std::string answer;
    while (answer.find('\n') == std::string::npos && answer.size() < mostStatusLine) {
        const auto part = stream.read(mostStatusLine);
        if (part.empty()) break;
        answer += part;
    }
    const auto status = httpStatus(answer);
    result.good = status && expected(task.settings, *status);
    result.reason =
        status ? "HTTP status " + std::to_string(*status) : std::string("an answer that is no HTTP");
}

void learn(const TlsStream& stream, ProbeResult& result) {
    try {
        const auto certificates = pki::readCertificates(stream.serverCertificate());
        result.fingerprint = certificates.front().fingerprint;
        result.notAfter = certificates.front().notAfter;
    } catch (const pki::Error&) {
        // A server without a certificate: nothing to learn.
    }
}

void speakTls(TcpStream& below, const ProbeTask& task, ProbeResult& result) {
    const bool shows =
        task.settings.useCredentials && task.authentication.kind == mib::server::Kind::clientCertificate;
    const TlsSettings settings{task.settings.serverName, task.material.probeAnchor,
                               shows ? task.material.certificate : std::string(),
                               shows ? task.material.secret.reveal() : std::string_view()};
    TlsStream stream(below, settings);
    learn(stream, result);
    if (task.settings.kind == Kind::https) return askHttp(stream, task, result);
    if (shows) stream.confirmAccepted();
    result.good = true;
}

}

std::optional<int> httpStatus(std::string_view answer) {
    if (answer.size() < 12 || !answer.starts_with("HTTP/1.") || answer[8] != ' ') return std::nullopt;
    int status = 0;
    for (const char digit : answer.substr(9, 3)) {
        if (digit < '0' || digit > '9') return std::nullopt;
        status = status * 10 + (digit - '0');
    }
    return status >= 100 ? std::optional<int>(status) : std::nullopt;
}

ProbeResult probe(const ProbeTask& task, const std::atomic<bool>& cancelled) {
    const auto& settings = task.settings;
    ProbeResult result;
    try {
        const Patience patience{std::chrono::steady_clock::now() + settings.timeout, cancelled};
        TcpStream stream(settings.address, settings.port, patience);
        switch (settings.kind) {
        case Kind::none:
        case Kind::tcp: result.good = true; break;
        case Kind::http: askHttp(stream, task, result); break;
        case Kind::tls:
        case Kind::https: speakTls(stream, task, result); break;
        }
    } catch (const StreamError& error) {
        result.good = false;
        result.reason = error.what();
    }
    return result;
}

struct Prober::Impl {
    Impl(base::EventLoop& l, ProbeTask t, std::function<void(const ProbeResult&)> w)
        : loop(l)
        , task(std::move(t))
        , told(std::move(w)) {}

    base::EventLoop& loop;
    const ProbeTask task;
    std::function<void(const ProbeResult&)> told; ///< the loop's thread
    std::atomic<bool> cancelled{false};
    std::atomic<bool> running{false};
    base::EventLoop::Handle timer;
};

Prober::Prober(base::EventLoop& loop, ProbeTask task, std::function<void(const ProbeResult&)> told)
    : m_impl(std::make_shared<Impl>(loop, std::move(task), std::move(told))) {
    if (m_impl->task.settings.kind == Kind::none) return;
    m_worker = std::make_unique<base::Worker>();
    const auto tryOnce = [impl = m_impl.get(), worker = m_worker.get(), weak = std::weak_ptr(m_impl)] {
        if (impl->running.exchange(true)) return;
        worker->post([impl, weak] {
            auto result = probe(impl->task, impl->cancelled);
            impl->running = false;
            impl->loop.post([weak, result = std::move(result)] {
                const auto self = weak.lock();
                if (self && !self->cancelled) self->told(result);
            });
        });
    };
    m_impl->timer = loop.every(m_impl->task.settings.interval, tryOnce);
    tryOnce();
}

Prober::~Prober() {
    m_impl->cancelled = true;
    m_impl->timer.cancel();
    m_worker.reset(); // joins: within a slice of the wait
}

}
