// What stands beside a member for its authentication: made, taken away and brought back with it, and shared
// without one member's end being another's.

#include "datastore/filter.hpp"
#include "families.hpp"
#include "model.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>

using namespace headgate;
using namespace headgate::contract;
using domain::AuthenticationKind;
using domain::Change;
using domain::Operation;

namespace {

const std::string anchor = "-----BEGIN CERTIFICATE-----\nQU4gQU5DSE9S\n-----END CERTIFICATE-----";
const std::string certificate = "-----BEGIN CERTIFICATE-----\nQSBDTElFTlQ=\n-----END CERTIFICATE-----";

Change with(Change change, AuthenticationKind kind, const std::function<void(domain::Member&)>& more) {
    change.member.authentication.kind = kind;
    change.member.connection.healthCheck = "GET /health";
    more(change.member);
    return change;
}

void overTls(domain::Member& member) {
    member.connection.protocol = "https";
    member.authentication.serverName = member.server.value + ".example";
    member.authentication.trustAnchor = anchor;
}

Change add(const std::string& server, const std::string& address) {
    return changeOf(Operation::add, server, address);
}

Change password(Change change) {
    return with(std::move(change), AuthenticationKind::password, [](domain::Member& member) {
        member.authentication.user = "probe";
        member.authentication.secret = {"sealed:v1:UEFTU1dPUkQ="};
    });
}

Change token(Change change) {
    return with(std::move(change), AuthenticationKind::token, [](domain::Member& member) {
        member.authentication.header = "X-Token";
        member.authentication.secret = {"sealed:v1:VE9LRU4="};
        overTls(member);
    });
}

Change serverTls(Change change) {
    return with(std::move(change), AuthenticationKind::serverTls, overTls);
}

Change clientCertificate(Change change) {
    return with(std::move(change), AuthenticationKind::clientCertificate, [](domain::Member& member) {
        overTls(member);
        member.authentication.certificate = certificate;
        member.authentication.secret = {"sealed:v1:QSBLRVk="};
    });
}

struct Kind {
    const char* name;
    Change change;
    bool tls;
};

std::vector<Kind> kinds() {
    const auto base = add("real3", "192.0.2.13");
    return {{"password", password(base), false},
            {"token", token(base), true},
            {"server-tls", serverTls(base), true},
            {"client-certificate", clientCertificate(base), true}};
}

/// The change that takes a member off with what it alone has.
Change removal(const Change& added, const domain::PoolFacts& facts) {
    auto change = added;
    change.operation = Operation::remove;
    change.objects = facts.member(added.member.connection.address, added.member.connection.port)->objects;
    return change;
}

/// The change that takes a removal back.
Change restoration(const Change& removed, const domain::PoolFacts& before) {
    auto change = *domain::inverse(removed, before);
    change.objects = removed.objects;
    return change;
}

std::size_t objectsOf(const domain::PoolFacts& facts, const std::string& address) {
    return facts.member(address, 8080)->objects.size();
}

bool shows(const domain::PoolFacts& facts, const std::string& text) {
    for (const auto& [path, value] : facts.leaves)
        if (value.find(text) != std::string::npos) return true;
    return false;
}

/// An operator's own object that uses our trust anchor.
std::string operatorsUse(const Family& family, const std::string& anchorName) {
    if (family.name == "f5")
        return R"(<ltm xmlns="urn:headgate:yang:adc-f5-ltm"><profile><server-ssl nc:operation="create" )"
               R"(xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0"><name>/Common/theirs</name><ca-file>)" +
               anchorName + "</ca-file></server-ssl></profile></ltm>";
    return R"(<ssl xmlns="urn:headgate:yang:adc-citrix-lb"><sslservice nc:operation="create" )"
           R"(xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0"><servicename>sg_other?192.0.2.11?8080</servicename>)"
           "<sslservice-sslcertkey-binding><certkeyname>" +
           anchorName + "</certkeyname><ca>YES</ca></sslservice-sslcertkey-binding></sslservice></ssl>";
}

/// The name of the object of ours whose content is the trust anchor.
std::string anchorName(const domain::PoolFacts& facts) {
    for (const auto& [path, value] : facts.leaves)
        if (value == anchor) {
            const auto from = path.find("='") + 2;
            return path.substr(from, path.find('\'', from) - from);
        }
    throw std::runtime_error("no trust anchor");
}

}

BOOST_AUTO_TEST_CASE(each_kind_is_made_removed_and_restored_in_the_golden_way) {
    for (const auto& family : families())
        for (const auto& kind : kinds())
            BOOST_TEST_CONTEXT(family.name << " " << kind.name) {
                const auto golden = "golden/" + family.name + "/" + kind.name;
                const Model model(family);
                const auto before = read(family, model.tree);

                const auto making = family.adapter->edit(family.object, kind.change);
                checkGolden(golden + ".add.xml", making);
                const auto added = model.apply(model.tree, making);
                const auto facts = read(family, added);
                const auto own = objectsOf(facts, "192.0.2.13");
                BOOST_TEST(own > 0U);
                // What an appliance will show of it can be told from what it is sent.
                const auto sent = family.adapter->read(family.object, making).members.at(0).objects;
                BOOST_TEST((sent == facts.member("192.0.2.13", 8080)->objects));

                const auto removing = removal(kind.change, facts);
                const auto taking = family.adapter->edit(family.object, removing);
                checkGolden(golden + ".remove.xml", taking);
                const auto removed = model.apply(added, taking);
                BOOST_TEST(removed.print(yang::Format::xml) == model.tree.print(yang::Format::xml));
                BOOST_TEST(domain::differences(before, read(family, removed)).empty());

                const auto back = family.adapter->edit(family.object, restoration(removing, facts));
                checkGolden(golden + ".restore.xml", back);
                const auto restored = read(family, model.apply(removed, back));
                BOOST_TEST(objectsOf(restored, "192.0.2.13") == own);
                for (const auto& difference : domain::differences(facts, restored))
                    BOOST_TEST(difference.find("sealed:v1:FAKE") != std::string::npos, difference);
            }
}

BOOST_AUTO_TEST_CASE(what_an_appliance_shows_of_a_secret_is_sealed_at_once) {
    for (const auto& family : families())
        for (const auto& kind : kinds())
            BOOST_TEST_CONTEXT(family.name << " " << kind.name) {
                const Model model(family);
                const auto added = model.apply(model.tree, family.adapter->edit(family.object, kind.change));
                // The appliance has it in clear, as southbound sends it.
                auto clear = added.print(yang::Format::xml);
                const auto secret = kind.change.member.authentication.secret.text;
                const std::string planted = "planted-secret";
                bool any = false;
                for (auto at = clear.find(secret); !secret.empty() && at != std::string::npos;
                     at = clear.find(secret, at)) {
                    clear.replace(at, secret.size(), planted);
                    any = true;
                }
                BOOST_TEST(any == !secret.empty());
                const auto facts = family.adapter->read(family.object, clear);
                BOOST_TEST(!shows(facts, planted));
                BOOST_TEST(shows(facts, "sealed:v1:FAKE") == any);
                for (const auto& object : facts.member("192.0.2.13", 8080)->objects)
                    for (const auto& [path, value] : object.leaves)
                        BOOST_TEST(value.find(planted) == std::string::npos, object.path << " " << path);
            }
}

BOOST_AUTO_TEST_CASE(a_shared_trust_anchor_stays_until_its_last_member_goes) {
    for (const auto& family : families())
        BOOST_TEST_CONTEXT(family.name) {
            const auto one = serverTls(add("real3", "192.0.2.13"));
            const auto two = clientCertificate(add("real5", "192.0.2.15"));
            const Model model(family);
            const auto alone = model.apply(model.tree, family.adapter->edit(family.object, one));
            const auto withBoth = model.apply(alone, family.adapter->edit(family.object, two));
            const auto facts = read(family, withBoth);
            const auto name = anchorName(facts);
            BOOST_TEST(objectsOf(read(family, alone), "192.0.2.13") == 3U); // monitor, profile, anchor
            BOOST_TEST(objectsOf(facts, "192.0.2.13") == 2U);

            const auto removing = removal(one, facts);
            const auto edit = family.adapter->edit(family.object, removing);
            checkGolden("golden/" + family.name + "/server-tls.remove-shared.xml", edit);
            const auto left = model.apply(withBoth, edit);
            BOOST_TEST(anchorName(read(family, left)) == name);
            const auto back = family.adapter->edit(family.object, restoration(removing, facts));
            checkGolden("golden/" + family.name + "/server-tls.restore-shared.xml", back);
            BOOST_TEST(domain::differences(facts, read(family, model.apply(left, back))).empty());

            const auto last = removal(two, read(family, left));
            const auto empty = model.apply(left, family.adapter->edit(family.object, last));
            BOOST_TEST(empty.print(yang::Format::xml) == model.tree.print(yang::Format::xml));
        }
}

BOOST_AUTO_TEST_CASE(an_operators_object_that_uses_our_trust_anchor_keeps_it) {
    for (const auto& family : families())
        BOOST_TEST_CONTEXT(family.name) {
            const auto one = serverTls(add("real3", "192.0.2.13"));
            const Model model(family);
            const auto added = model.apply(model.tree, family.adapter->edit(family.object, one));
            const auto name = anchorName(read(family, added));
            const auto used = model.apply(added, operatorsUse(family, name));
            const auto left =
                model.apply(used, family.adapter->edit(family.object, removal(one, read(family, used))));
            BOOST_TEST(anchorName(read(family, left)) == name);
            BOOST_TEST(
                left.print(yang::Format::xml).find(family.name == "f5" ? "/Common/theirs" : "sg_other?") !=
                std::string::npos);
        }
}

BOOST_AUTO_TEST_CASE(an_object_that_an_operator_took_over_is_left_alone) {
    for (const auto& family : families())
        BOOST_TEST_CONTEXT(family.name) {
            const auto one = password(add("real3", "192.0.2.13"));
            const Model model(family);
            const auto added = model.apply(model.tree, family.adapter->edit(family.object, one));
            auto data = added.print(yang::Format::xml);
            for (auto at = data.find("Headgate: "); at != std::string::npos; at = data.find("Headgate: "))
                data.replace(at, 10, "mine now: ");
            const auto facts = family.adapter->read(family.object, data);
            BOOST_TEST(objectsOf(facts, "192.0.2.13") == 0U);
            BOOST_TEST(!shows(facts, "probe"));
        }
}

BOOST_AUTO_TEST_CASE(another_pool_shares_nothing_and_sees_nothing) {
    for (const auto& family : families())
        BOOST_TEST_CONTEXT(family.name) {
            const std::string other = family.name == "f5" ? "/Common/other" : "sg_other";
            const auto one = clientCertificate(add("real3", "192.0.2.13"));
            const auto member = serverTls(add("real3", "192.0.2.13"));
            const Model model(family);
            const auto before = family.adapter->read(other, model.tree.print(yang::Format::xml));
            const auto first = model.apply(model.tree, family.adapter->edit(family.object, one));
            const auto facts = family.adapter->read(other, first.print(yang::Format::xml));
            BOOST_TEST(domain::differences(before, facts).empty());

            const auto both = model.apply(first, family.adapter->edit(other, member));
            const auto left =
                model.apply(both, family.adapter->edit(family.object, removal(one, read(family, both))));
            BOOST_TEST(family.adapter->read(other, left.print(yang::Format::xml))
                           .member("192.0.2.13", 8080)
                           ->objects.size() == 3U);
            BOOST_TEST(domain::differences(read(family, model.tree), read(family, left)).empty());
        }
}

BOOST_AUTO_TEST_CASE(what_is_asked_for_is_this_pools_and_nobody_elses_key) {
    for (const auto& family : families())
        BOOST_TEST_CONTEXT(family.name) {
            const Model model(family);
            const auto one = clientCertificate(add("real3", "192.0.2.13"));
            const std::string other = family.name == "f5" ? "/Common/other" : "sg_other";
            auto elsewhere = one;
            elsewhere.member.authentication.secret = {"sealed:v1:RUxTRVdIRVJF"};
            const auto both = model.apply(model.apply(model.tree, family.adapter->edit(family.object, one)),
                                          family.adapter->edit(other, elsewhere));
            const auto filter = yang::Tree::parse(model.context, family.adapter->filter(family.object),
                                                  yang::Format::xml, yang::Unknown::keepOpaque);
            const auto asked = datastore::subtreeFilter(both, filter.get());
            const auto text = asked.print(yang::Format::xml);
            BOOST_TEST(text.find("sealed:v1:QSBLRVk=") != std::string::npos);
            BOOST_TEST(text.find("sealed:v1:RUxTRVdIRVJF") == std::string::npos);
            BOOST_TEST((read(family, asked) == read(family, both)));
            // Of a pool without any of this nothing more is told than before.
            const auto plain = datastore::subtreeFilter(model.tree, filter.get()).print(yang::Format::xml);
            for (const auto* none : {"<monitor><", "<lbmonitor>", "<profile", "<sys", "<ssl"})
                BOOST_TEST(plain.find(none) == std::string::npos, none);
        }
}

BOOST_AUTO_TEST_CASE(a_tcp_port_over_tls_is_monitored_by_a_handshake) {
    auto change = serverTls(add("real3", "192.0.2.13"));
    change.member.connection.protocol = "tcp";
    change.member.connection.healthCheck.clear();
    const auto f5 = families()[0].adapter->edit("/Common/web", change);
    BOOST_TEST(f5.find("<type>https</type>") != std::string::npos);
    BOOST_TEST(f5.find("<send>") == std::string::npos);
    const auto citrix = families()[1].adapter->edit("sg_web", change);
    BOOST_TEST(citrix.find("<secure>YES</secure>\n    <type>TCP</type>") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_object_left_behind_is_seen) {
    for (const auto& family : families())
        BOOST_TEST_CONTEXT(family.name) {
            const auto one = serverTls(add("real3", "192.0.2.13"));
            const Model model(family);
            const auto added = model.apply(model.tree, family.adapter->edit(family.object, one));
            auto removing = removal(one, read(family, added));
            removing.objects.pop_back(); // the trust anchor
            const auto left = model.apply(added, family.adapter->edit(family.object, removing));
            BOOST_TEST(!domain::differences(read(family, model.tree), read(family, left)).empty());
            // The next one with these settings takes its place.
            const auto again = model.apply(left, family.adapter->edit(family.object, one));
            BOOST_TEST(domain::differences(read(family, added), read(family, again)).empty());
        }
}

BOOST_AUTO_TEST_CASE(what_an_authentication_lacks_is_said) {
    const std::function<void(domain::Authentication&)> faults[] = {
        [](auto& a) { a.serverName.clear(); }, [](auto& a) { a.trustAnchor.clear(); },
        [](auto& a) { a.certificate.clear(); }, [](auto& a) { a.secret.text.clear(); }};
    for (const auto& family : families()) {
        for (const auto& fault : faults) {
            auto change = clientCertificate(add("real3", "192.0.2.13"));
            fault(change.member.authentication);
            BOOST_CHECK_EXCEPTION(family.adapter->edit(family.object, change), adapters::Error,
                                  [](const auto& error) {
                                      return std::string(error.what())
                                                 .find("real3 has authentication of kind "
                                                       "client-certificate without a ") != std::string::npos;
                                  });
        }
        auto nobody = password(add("real3", "192.0.2.13"));
        nobody.member.authentication.user.clear();
        BOOST_CHECK_THROW(family.adapter->edit(family.object, nobody), adapters::Error);
        auto unchecked = password(add("real3", "192.0.2.13"));
        unchecked.member.connection.protocol = "https";
        BOOST_CHECK_THROW(family.adapter->edit(family.object, unchecked), adapters::Error);
        auto nameless = token(add("real3", "192.0.2.13"));
        nameless.member.authentication.header.clear();
        BOOST_CHECK_THROW(family.adapter->edit(family.object, nameless), adapters::Error);
        auto strange = changeOf(Operation::remove, "real3", "192.0.2.13");
        strange.objects = {{"somebody/elses[name='x']", {{"name", "x"}}}};
        BOOST_CHECK_THROW(family.adapter->edit(family.object, strange), adapters::Error);
    }
}

BOOST_AUTO_TEST_CASE(a_refusal_that_names_an_object_of_the_member_names_the_member) {
    for (const auto& family : families())
        BOOST_TEST_CONTEXT(family.name) {
            const auto one = clientCertificate(add("real3", "192.0.2.13"));
            const auto near = clientCertificate(add("real33", "192.0.2.133"));
            auto other = serverTls(add("real4", "192.0.2.14"));
            other.member.authentication.trustAnchor = certificate + "\n";
            const Model model(family);
            const auto facts =
                read(family, model.apply(model.tree, family.adapter->edit(family.object, one)));
            for (const auto& object : facts.member("192.0.2.13", 8080)->objects) {
                const auto from = object.path.find("='") + 2;
                const auto name = object.path.substr(from, object.path.find('\'', from) - from);
                BOOST_TEST_CONTEXT(object.path) {
                    const auto& adapter = *family.adapter;
                    BOOST_TEST(adapter.namesMember(one, name + " is no good", ""));
                    BOOST_TEST(adapter.namesMember(one, "no good", "/x:" + object.path));
                    BOOST_TEST(!adapter.namesMember(other, name + " is no good", ""));
                    const bool shared = object.path.find("/ssl-") != std::string::npos ||
                                        object.path.find("/sslcertkey") != std::string::npos;
                    BOOST_TEST(adapter.namesMember(near, name + " is no good", "") == shared);
                }
            }
        }
}

BOOST_AUTO_TEST_CASE(an_update_leads_from_each_kind_to_each_other_one_and_back) {
    auto all = kinds();
    all.push_back({"none", add("real3", "192.0.2.13"), false});
    auto another = all.front();
    another.name = "another-password";
    another.change.member.authentication.secret = {"sealed:v1:QU5PVEhFUg=="};
    all.push_back(another);
    for (const auto& family : families())
        for (const auto& from : all)
            for (const auto& to : all)
                BOOST_TEST_CONTEXT(family.name << " " << from.name << " to " << to.name) {
                    const Model model(family);
                    const auto had =
                        model.apply(model.tree, family.adapter->edit(family.object, from.change));
                    const auto wanted =
                        model.apply(model.tree, family.adapter->edit(family.object, to.change));
                    const auto facts = read(family, had);
                    auto change = to.change;
                    change.operation = Operation::update;
                    change.former = from.change.member;
                    change.objects = facts.member("192.0.2.13", 8080)->objects;

                    const auto edit = family.adapter->edit(family.object, change);
                    const std::string pair = std::string(from.name) + "-to-" + to.name;
                    if (pair == "password-to-another-password" || pair == "password-to-server-tls" ||
                        pair == "client-certificate-to-none")
                        checkGolden("golden/" + family.name + "/update-" + pair + ".xml", edit);
                    const auto updated = model.apply(had, edit);
                    BOOST_TEST(domain::differences(read(family, wanted), read(family, updated)).empty());
                    BOOST_TEST((read(family, updated).member("192.0.2.13", 8080)->objects ==
                                read(family, wanted).member("192.0.2.13", 8080)->objects));

                    auto back = *domain::inverse(change, facts);
                    back.objects = read(family, updated).member("192.0.2.13", 8080)->objects;
                    const auto restored = model.apply(updated, family.adapter->edit(family.object, back));
                    BOOST_TEST(domain::differences(facts, read(family, restored)).empty());
                }
}
