#pragma once

#include "southbound_house.hpp"
#include "support/certificates.hpp"
#include "transaction/facts.hpp"

// What is to be seen of a Southbound whichever appliance it talks to. `Another` gives a session of somebody
// else.
namespace headgate::southbound::live {

using Another = std::function<netconf::Client()>;

inline const Commit aWhile{domain::Duration(60000), "a-transaction"};

inline Edit addingOne(const House& house) {
    return house.edit(Operation::add, "real3", "192.0.2.13", 4);
}

inline std::vector<Edit> oneOfEachKind(const House& house) {
    return {addingOne(house), house.edit(Operation::remove, "real2", "192.0.2.12"),
            house.edit(Operation::drain, "real1", "192.0.2.11"),
            house.edit(Operation::resume, "real4", "192.0.2.14"),
            house.edit(Operation::setWeight, "real2", "192.0.2.12", 50)};
}

/// A change in a transaction of its own.
inline void isMade(House& house, const std::string& object, const domain::Change& change) {
    house.done(Lock{});
    house.done(Edit{object, change});
    house.done(Validate{});
    house.done(aWhile);
    BOOST_TEST(house.read(true).exists);
    house.done(Extend{aWhile.window, aWhile.persistId});
    house.done(Confirm{aWhile.persistId});
    house.done(Save{});
    house.done(Unlock{});
}

/// The edit and its inverse.
inline void isMadeAndTakenBack(House& house, const Edit& edit) {
    BOOST_TEST_CONTEXT(domain::describe(edit.change)) {
        const auto before = house.read();
        const auto back = domain::inverse(edit.change, before);
        BOOST_TEST_REQUIRE(back.has_value());
        for (const auto& change : {edit.change, *back}) {
            isMade(house, edit.object, change);
            const bool undone = domain::differences(before, house.read()).empty();
            BOOST_TEST(undone == (change != edit.change));
        }
    }
}

inline std::vector<Edit> oneOfEachAuthentication(const House& house) {
    using Kind = domain::AuthenticationKind;
    std::vector<Edit> edits;
    for (const auto kind : {Kind::password, Kind::token, Kind::serverTls, Kind::clientCertificate}) {
        auto edit = addingOne(house);
        auto& authentication = edit.change.member.authentication;
        authentication.kind = kind;
        if (kind == Kind::password) authentication.user = "probe";
        if (kind == Kind::token) authentication.header = "X-Token";
        if (kind != Kind::serverTls) authentication.secret = {"sealed:v1:QQ=="};
        if (kind == Kind::serverTls || kind == Kind::clientCertificate) {
            authentication.serverName = "real3.example";
            authentication.trustAnchor = test::certificate();
        }
        if (kind == Kind::clientCertificate) {
            authentication.certificate = test::certificate();
            // In clear: here is no vault, and an appliance looks whether it fits.
            authentication.secret = {test::keyOfCertificate()};
        }
        edits.push_back(std::move(edit));
    }
    return edits;
}

/// What a read shows of a member's objects is known from what is sent to make them.
inline void foresees(House& house, const Edit& edit, const domain::MemberFacts& is) {
    auto update = edit.change;
    update.operation = Operation::update;
    update.former = update.member;
    update.key = is.key;
    update.objects = is.objects;
    house.done(Lock{});
    const auto answer = house.ask(Edit{edit.object, update});
    BOOST_TEST(hasForeseen(is, std::get<Done>(answer).foreseen.value()));
    house.done(Discard{});
    house.done(Unlock{});
}

/// A member with authentication comes with its objects and goes with them; restored, both are there again.
inline void isMadeRemovedAndRestoredWithItsObjects(House& house, const Edit& edit) {
    BOOST_TEST_CONTEXT(toString(edit.change.member.authentication.kind)) {
        const auto before = house.read();
        isMade(house, edit.object, edit.change);
        const auto with = house.read();
        foresees(house, edit, *with.member("192.0.2.13", 8080));
        auto remove = edit.change;
        remove.operation = Operation::remove;
        remove.objects = with.member("192.0.2.13", 8080)->objects;
        BOOST_TEST(!remove.objects.empty());
        isMade(house, edit.object, remove);
        BOOST_TEST(domain::differences(before, house.read()).empty());
        if (edit.change.member.authentication.kind == domain::AuthenticationKind::clientCertificate)
            return; // what the fake seal has of the key is none
        auto restore = *domain::inverse(remove, with);
        restore.objects = remove.objects;
        isMade(house, edit.object, restore);
        const auto again = house.read();
        BOOST_TEST(domain::differences(with, again).empty());
        BOOST_TEST((again.member("192.0.2.13", 8080)->objects == remove.objects));
        isMade(house, edit.object, remove);
        BOOST_TEST(domain::differences(before, house.read()).empty());
    }
}

inline void refusesWhatIsNotAsExpected(House& house) {
    const auto before = house.read();
    house.done(Lock{});
    const auto there = std::get<Refused>(house.ask(house.edit(Operation::add, "real1", "192.0.2.11")));
    BOOST_TEST(there.tag == "data-exists");
    BOOST_TEST(there.namesMember);
    for (const auto operation : {Operation::remove, Operation::drain}) {
        const auto gone = std::get<Refused>(house.ask(house.edit(operation, "real9", "192.0.2.19")));
        BOOST_TEST(gone.tag == "data-missing");
    }
    house.done(Discard{});
    house.done(Unlock{});
    BOOST_TEST((house.read() == before));
}

inline void isCommittedAndCancelled(House& house) {
    const auto before = house.read();
    house.done(Lock{});
    house.done(addingOne(house));
    house.done(Validate{});
    house.done(aWhile);
    BOOST_TEST(house.read().members.size() == before.members.size() + 1);
    house.done(Cancel{aWhile.persistId});
    BOOST_TEST((house.read() == before));
    house.done(Discard{});
    house.done(Unlock{});
    BOOST_TEST(std::holds_alternative<Refused>(house.ask(Cancel{aWhile.persistId})));
}

inline void describePool(netconf::Client& other) {
    other.editConfig(netconf::Datastore::candidate,
                     "<ltm xmlns=\"urn:headgate:yang:adc-f5-ltm\"><pool><name>/Common/web</name>"
                     "<description>mine</description></pool></ltm>");
}

inline void tellsOfOthersChangesAndNotOfOurs(House& house, const Another& another) {
    house.awaitConnected(true);
    house.done(Lock{});
    house.done(addingOne(house));
    house.done(aWhile);
    house.done(Confirm{aWhile.persistId});
    house.done(Unlock{});
    auto other = another();
    describePool(other);
    other.commit();
    const auto notice = house.notices.receiveFor(patience);
    BOOST_REQUIRE(notice.has_value());
    BOOST_TEST(notice->changed);
    BOOST_TEST(notice->text.find("(session " + std::to_string(other.sessionId()) + ")") != std::string::npos,
               notice->text);
}

inline void waitsForALockAndNamesItsOwner(House& house, const Another& another) {
    auto other = another();
    other.lock(netconf::Datastore::running);
    const auto refused = std::get<Refused>(house.ask(Lock{domain::Duration(300)}));
    BOOST_TEST(refused.lockHeldByOther);
    BOOST_TEST(refused.message.find("locked by session " + std::to_string(other.sessionId())) !=
                   std::string::npos,
               refused.message);
    other.lock(netconf::Datastore::candidate); // ours was given back
    other.close();
    house.done(Lock{patience});
    house.done(Unlock{});
}

}
