#include "snmp/usm_cipher.hpp"
#include "usm_parts.hpp"

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>

using namespace usm_parts;

BOOST_AUTO_TEST_SUITE(usm_messages)

namespace {

const std::string engineId = "\x80\x01\x02\x03\x04\x05";

const u_char* raw(std::string_view octets) {
    return reinterpret_cast<const u_char*>(octets.data());
}

/// The digest that Net-SNMP makes of a message that has one.
std::string digestByTheLibrary(int type, const V3Message& message, std::string_view key) {
    std::vector<u_char> zeroed(message.datagram.begin(), message.datagram.end());
    std::fill_n(zeroed.begin() + (raw(message.digest) - message.datagram.data()), message.digest.size(),
                u_char{0});
    std::size_t nameSize = 0;
    const auto* name = sc_get_auth_oid(type, &nameSize);
    std::string digest(message.digest.size(), '\0');
    std::size_t size = digest.size();
    BOOST_TEST(sc_generate_keyed_hash(name, nameSize, raw(key), static_cast<u_int>(key.size()), zeroed.data(),
                                      static_cast<u_int>(zeroed.size()),
                                      reinterpret_cast<u_char*>(digest.data()), &size) == SNMPERR_SUCCESS);
    return digest;
}

/// Net-SNMP's decryption, with an initial vector made here.
std::string plainByTheLibrary(PrivProtocol protocol, const V3Message& message, std::string_view key) {
    const auto [type, keySize] = [&]() -> std::pair<int, std::size_t> {
        switch (protocol) {
        case PrivProtocol::des: return {USM_CREATE_USER_PRIV_DES, 8};
        case PrivProtocol::aes128: return {USM_CREATE_USER_PRIV_AES, 16};
        case PrivProtocol::aes192:
        case PrivProtocol::aes192Reeder: return {USM_CREATE_USER_PRIV_AES192, 24};
        default: return {USM_CREATE_USER_PRIV_AES256, 32};
        }
    }();
    std::string vector;
    if (protocol == PrivProtocol::des) {
        for (std::size_t i = 0; i < 8; ++i) // RFC 3414 §8.1.1.1: pre-IV, XOR the salt
            vector += static_cast<char>(key[8 + i] ^ message.salt[i]);
    } else {
        for (const auto number : {message.boots, message.time}) // RFC 3826 §3.1.2.1
            for (const int shift : {24, 16, 8, 0})
                vector += static_cast<char>(number >> shift);
        vector += message.salt;
    }
    BerReader in(message.scoped);
    const auto cipher = *in.octets();
    std::size_t nameSize = 0;
    const auto* name = sc_get_priv_oid(type, &nameSize);
    std::string plain(cipher.size(), '\0');
    std::size_t size = plain.size();
    std::string mutableKey(key.substr(0, keySize));
    BOOST_TEST(sc_decrypt(name, nameSize, reinterpret_cast<u_char*>(mutableKey.data()),
                          static_cast<u_int>(keySize), reinterpret_cast<u_char*>(vector.data()),
                          static_cast<u_int>(vector.size()), const_cast<u_char*>(raw(cipher)),
                          static_cast<u_int>(cipher.size()), reinterpret_cast<u_char*>(plain.data()),
                          &size) == SNMPERR_SUCCESS);
    plain.resize(size);
    return plain;
}

std::string text(Bytes bytes) {
    return {bytes.begin(), bytes.end()};
}

Pdu pduOf(std::size_t octets) {
    return {PduType::response, 5, 0, 0, {{Oid{1, 3, 6, 1}, Octets{std::string(octets, 'x')}}}};
}

}

/// RFC 3414 §6.3.1, §7.3.1; RFC 7860 §4.2.1
BOOST_AUTO_TEST_CASE(every_digest_is_that_of_net_snmp_and_as_long_as_its_rfc_says) {
    struct Hash {
        AuthProtocol protocol;
        int library;
        std::size_t size;
    };
    for (const auto& [protocol, library, size] :
         {Hash{AuthProtocol::md5, NETSNMP_USMAUTH_HMACMD5, 12},
          Hash{AuthProtocol::sha1, NETSNMP_USMAUTH_HMACSHA1, 12},
          Hash{AuthProtocol::sha224, NETSNMP_USMAUTH_HMAC128SHA224, 16},
          Hash{AuthProtocol::sha256, NETSNMP_USMAUTH_HMAC192SHA256, 24},
          Hash{AuthProtocol::sha384, NETSNMP_USMAUTH_HMAC256SHA384, 32},
          Hash{AuthProtocol::sha512, NETSNMP_USMAUTH_HMAC384SHA512, 48}}) {
        Engine agent;
        agent.credentials = user("ape", SecurityLevel::authNoPriv, "authentic-words", {protocol});
        const auto datagram = agent.answer();
        const auto message = readV3Message(datagram);
        BOOST_TEST(message->digest.size() == size);
        const auto key = localKeyOf(protocol, agent.credentials->keys().authKey, engineId);
        BOOST_TEST(hex(message->digest) == hex(digestByTheLibrary(library, *message, key.reveal())));
        BOOST_TEST(digestFits(*message, localize(agent.credentials->keys(), engineId)));
    }
}

/// RFC 3414 §8.3.1, RFC 3826 §3.3.1
BOOST_AUTO_TEST_CASE(net_snmp_decrypts_what_every_cipher_with_every_digest_encrypts) {
    for (const auto auth : allAuth)
        for (const auto priv : allPriv) {
            Engine agent;
            agent.credentials = user("ape", SecurityLevel::authPriv, "authentic-words", {auth, priv});
            const auto& keys = agent.credentials->keys();
            const auto datagram = agent.answer();
            const auto message = readV3Message(datagram);
            BOOST_TEST(message->salt.size() == 8U);
            const auto key = localPrivKeyOf(auth, priv, keys.privKey, engineId);
            const auto plain = plainByTheLibrary(priv, *message, key.reveal());
            const auto scoped = openScoped(*message, localize(keys, engineId));
            BOOST_REQUIRE(scoped.has_value());
            BOOST_TEST(plain.find(text(scoped->pdu)) != std::string::npos);
            BOOST_TEST(hex(scoped->contextEngineId) == hex(engineId));
        }
}

/// RFC 3414 §8.1.1.2: a multiple of 8, padded; what is behind the ScopedPDU is nobody's.
BOOST_AUTO_TEST_CASE(text_of_every_length_comes_out_of_every_cipher_as_it_went_in) {
    for (const auto priv : allPriv)
        for (std::size_t size = 0; size < 18; ++size) {
            Engine agent;
            agent.credentials =
                user("ape", SecurityLevel::authPriv, "authentic-words", {AuthProtocol::sha256, priv});
            const auto datagram = agent.say(SecurityLevel::authPriv, pduOf(size));
            const auto message = readV3Message(datagram);
            BerReader in(message->scoped);
            if (priv == PrivProtocol::des) BOOST_TEST(in.octets()->size() % 8 == 0U);
            const auto scoped = openScopedPdu(*message, localize(agent.credentials->keys(), engineId));
            BOOST_REQUIRE(scoped.has_value());
            BOOST_TEST((scoped->pdu == pduOf(size)));
        }
}

/// RFC 3414 §8.1.1.1: the salt of DES is boots and a number of our own; RFC 3826 §3.1.2.1: of AES the number.
BOOST_AUTO_TEST_CASE(a_salt_says_boots_with_des_and_is_never_that_of_the_message_before) {
    const auto salt = [](PrivProtocol protocol, std::uint32_t boots, std::uint64_t number) {
        const auto octets = saltOf(protocol, boots, number);
        return hex({reinterpret_cast<const char*>(octets.data()), octets.size()});
    };
    BOOST_TEST(salt(PrivProtocol::des, 5, 0x1122334455667788) == "0000000555667788");
    BOOST_TEST(salt(PrivProtocol::des, 5, 0x1122334455667789) == "0000000555667789");
    BOOST_TEST(salt(PrivProtocol::aes256, 5, 0x1122334455667788) == "1122334455667788");
}

/// RFC 3414 §8.3.2, RFC 3826 §3.1.4.2: 8 octets of salt, and DES's text a multiple of 8.
BOOST_AUTO_TEST_CASE(a_ciphertext_that_cannot_be_one_is_not_decrypted) {
    const auto keys = localize(
        user("ape", SecurityLevel::authPriv, "words-of-it", {AuthProtocol::md5, PrivProtocol::des})->keys(),
        engineId);
    const auto opens = [&](std::size_t salt, std::size_t size) {
        std::vector<std::uint8_t> plain;
        BerWriter out;
        out.octets(std::string(size, '\7'));
        V3Message message;
        message.level = SecurityLevel::authPriv;
        const std::string octets(salt, '\1');
        message.salt = octets;
        message.scoped = out.bytes();
        return openScoped(message, keys).has_value();
    };
    for (const std::size_t salt : {0, 7, 9})
        BOOST_TEST(!opens(salt, 16));
    for (const std::size_t size : {0, 7, 15, 17})
        BOOST_TEST(!opens(8, size));
    std::vector<std::uint8_t> plain;
    const std::vector<std::uint8_t> cipher(16);
    const CipherState des{PrivProtocol::des, 1, 1, {}};
    BOOST_TEST(decrypt(des, keys.priv, cipher, plain));
    BOOST_TEST(!decrypt(des, Secret("short"), cipher, plain));
    BOOST_TEST(!decrypt(des, keys.priv, Bytes(cipher).first(15), plain));
    BOOST_TEST(!decrypt(des, keys.priv, {}, plain));
}

BOOST_AUTO_TEST_CASE(a_digest_of_another_length_or_key_does_not_fit) {
    Engine agent;
    const auto datagram = agent.answer();
    const auto message = readV3Message(datagram);
    const auto fits = [&](const char* password, AuthProtocol protocol) {
        return digestFits(
            *message, localize(user("ape", SecurityLevel::authPriv, password, {protocol})->keys(), engineId));
    };
    BOOST_TEST(fits("authentic-words", AuthProtocol::sha256));
    BOOST_TEST(!fits("authentic-wordz", AuthProtocol::sha256));
    BOOST_TEST(!fits("authentic-words", AuthProtocol::sha1));
    BOOST_TEST(!digestFits(*message, LocalKeys{}));
}

BOOST_AUTO_TEST_CASE(without_its_keys_no_message_is_written) {
    BerWriter out;
    V3Header header;
    header.level = SecurityLevel::authNoPriv;
    BOOST_CHECK_THROW(writeV3Message(out, header, {}, question), Error);
    header.level = SecurityLevel::authPriv;
    BOOST_CHECK_THROW(writeV3Message(out, header, {}, question), Error);
}

BOOST_AUTO_TEST_CASE(a_pdu_that_is_encoded_already_makes_the_same_message) {
    const auto keys = localize(user()->keys(), engineId);
    V3Header header{7, true, SecurityLevel::authPriv, engineId, 5, 6, "ape", engineId, "", 8};
    BerWriter out;
    writeV3Message(out, header, keys, question);
    const auto whole = bytesOf(out);
    writeV3Message(out, header, keys, encoded(question));
    BOOST_TEST(bytesOf(out) == whole);
}

/// RFC 3412 §6, §7.2 step 5
BOOST_AUTO_TEST_CASE(a_message_that_is_none_is_not_read) {
    const auto read = [](std::int32_t version, std::int32_t id, std::int32_t size, char flags) {
        BerWriter out;
        Engine agent;
        const auto inner = agent.answer();
        const auto message = *readV3Message(inner);
        out.raw(message.scoped);
        const auto security = out.mark();
        out.octets({});
        out.octets({});
        out.octets("ape");
        out.integer(1);
        out.integer(1);
        out.octets(engineId);
        out.wrap(tag::sequence, security);
        out.wrap(tag::octets, security);
        const auto global = out.mark();
        out.integer(3);
        out.octets({&flags, 1});
        out.integer(size);
        out.integer(id);
        out.wrap(tag::sequence, global);
        out.integer(version);
        out.wrap(tag::sequence, 0);
        return readV3Message(out.bytes()).has_value();
    };
    BOOST_TEST(read(3, 1, 484, 3));
    BOOST_TEST(!read(2, 1, 484, 3), "another version");
    BOOST_TEST(!read(3, -1, 484, 3), "a negative message id");
    BOOST_TEST(!read(3, 1, 483, 3), "a size that no engine may have");
    BOOST_TEST(!read(3, 1, 484, 2), "privacy without authentication");
}

/// RFC 3414 §3.2 step 1: what is no UsmSecurityParameters.
BOOST_AUTO_TEST_CASE(security_parameters_that_are_none_are_not_read) {
    const auto read = [](const std::string& engine, std::int64_t boots, std::int64_t time,
                         const std::string& name) {
        Engine agent;
        V3Header header;
        header.id = 1;
        header.engineId = engine;
        header.boots = static_cast<std::uint32_t>(boots);
        header.time = static_cast<std::uint32_t>(time);
        header.user = name;
        BerWriter out;
        writeV3Message(out, header, {}, question);
        return readV3Message(out.bytes()).has_value();
    };
    BOOST_TEST(read(engineId, 0x7fffffff, 0x7fffffff, "ape"));
    BOOST_TEST(!read(std::string(33, 'e'), 1, 1, "ape"));
    BOOST_TEST(!read(engineId, 1, 1, std::string(33, 'u')));
    BOOST_TEST(!read(engineId, 0x80000000, 1, "ape"));
    BOOST_TEST(!read(engineId, 1, 0x80000000, "ape"));
}

BOOST_AUTO_TEST_SUITE_END()
