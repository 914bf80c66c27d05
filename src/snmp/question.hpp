#pragma once

#include "snmp/ber.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::snmp {

/// One value of an answer, not copied out of it.
struct Cell {
    std::uint8_t type = 0;   ///< its BER tag; 0: it is not in the answer
    std::uint64_t bits = 0;  ///< of a number; Integer32 sign-extended
    std::string_view octets; ///< of any other type but Opaque

    /// noSuchObject, noSuchInstance, endOfMibView, NULL, or not there.
    bool isMissing() const {
        return type == 0 || type == tag::null || type == tag::noSuchObject || type == tag::noSuchInstance ||
               type == tag::endOfMibView;
    }
    /// Any of the numeric types that is not negative, whole 64 bits.
    std::optional<std::uint64_t> count() const;
};

/// A GET of the same objects of many agents. It is encoded once; what its answers hold is read where it
/// stands, by comparing the names' octets with those asked for.
class Question : public std::enable_shared_from_this<Question> {
  public:
    /// 1 to 128 names.
    explicit Question(std::vector<Oid> names);

    const std::vector<Oid>& names() const { return m_names; }

    /// The whole PDU, with a request id of four octets to be put in at `idOffset`.
    Bytes pdu() const { return m_pdu; }
    std::size_t idOffset() const { return m_idOffset; }
    /// Request ids from here on up have four octets.
    static constexpr std::int32_t smallestId = 0x0080'0000;
    static void putId(std::span<std::uint8_t> pdu, std::size_t offset, std::int32_t id);

    /// What a Response-PDU says.
    struct Answer {
        std::int32_t requestId = 0;
        std::int32_t errorStatus = 0; ///< RFC 3416 §3
        std::int32_t errorIndex = 0;
        bool otherNames = false; ///< it has others than were asked for, or in another order (RFC 3416 §4.2.1)
    };
    /// Empty when it is no Response-PDU. `cells` are those of names(), in their order, and point into `pdu`;
    /// of no use with an error status or other names.
    std::optional<Answer> read(Bytes pdu, std::vector<Cell>& cells) const;

  private:
    bool takeName(BerReader& varbind, std::size_t index) const;
    bool readCells(BerReader& list, std::vector<Cell>& cells) const;
    std::string_view nameOctets(std::size_t index) const;

    std::vector<Oid> m_names;
    std::vector<std::uint8_t> m_pdu;
    std::size_t m_idOffset = 0;
    std::string m_nameOctets;                 ///< the names in BER, one behind the other
    std::vector<std::uint32_t> m_nameOffsets; ///< where each begins, and the end
};

using QuestionPtr = std::shared_ptr<const Question>;

}
