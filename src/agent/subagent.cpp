#include "agent/subagent.hpp"

#include "agent/netsnmp_library.hpp"
#include "agent/netsnmp_values.hpp"
#include "base/event_loop.hpp"
#include "base/log.hpp"

// The library's headers need each other in this order.
// clang-format off
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>
#include <net-snmp/agent/agent_callbacks.h>
// clang-format on

#include <exception>
#include <map>

namespace headgate::agent {

namespace {

constexpr base::Log logger("agent");

/// RFC 2741 §6.1: agentx-Notify-PDU. The library's header with its name is not installed.
constexpr int notifyPdu = 12;

}

struct Subagent::Impl {
    Impl(base::EventLoop& l, Options o, std::vector<Subtree> s, Writer& w)
        : loop(l)
        , options(std::move(o))
        , subtrees(std::move(s))
        , writer(w) {}

    void start();
    void stop();
    void pump();
    void registerSubtree(const Subtree& subtree);
    void connectionChanged(netsnmp_session* now);

    static int onStart(int, int, void* session, void* self);
    static int onStop(int, int, void* session, void* self);
    static int handle(netsnmp_mib_handler* handler, netsnmp_handler_registration* registration,
                      netsnmp_agent_request_info* info, netsnmp_request_info* requests);
    static int taken(int operation, netsnmp_session*, int, netsnmp_pdu* pdu, void* magic);

    void end(std::uintptr_t number, bool success);

    const Subtree* subtreeOf(const netsnmp_handler_registration& registration) const;
    void answer(const Subtree& subtree, int mode, netsnmp_request_info& request,
                netsnmp_agent_request_info* info);
    void write(int mode, netsnmp_request_info& request, netsnmp_agent_request_info* info);

    base::EventLoop& loop;
    Options options;
    std::vector<Subtree> subtrees;
    Writer& writer;
    std::vector<netsnmp_handler_registration*> registrations;
    netsnmp_session* session = nullptr;
    /// Notifications that the master has not answered yet, by number: a session that is closed forgets its
    /// own.
    std::map<std::uintptr_t, std::function<void(bool)>> underway;
    std::uintptr_t lastNumber = 0;
    static Impl* running; ///< the library is global, and so is the one who uses it
    base::EventLoop::Handle watch;
    base::EventLoop::Handle tick;
};

Subagent::Impl* Subagent::Impl::running = nullptr;

void Subagent::Impl::start() {
    running = this;
    snmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_START, onStart, this);
    snmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_STOP, onStop, this);
    initNetSnmp(options.master);
    for (const auto& subtree : subtrees)
        registerSubtree(subtree);
    startNetSnmp();
    // The library's alarms (pings, tries) have no descriptor; its requests to itself go through a pipe.
    tick = loop.every(std::chrono::milliseconds(100), [this] { pump(); });
}

void Subagent::Impl::stop() {
    tick.cancel();
    watch.cancel();
    snmp_unregister_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_START, onStart, this, 1);
    snmp_unregister_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_STOP, onStop, this, 1);
    endNetSnmp();
    running = nullptr;
}

void Subagent::Impl::pump() {
    // One round reads what has come, the next what the library has sent to itself because of it.
    for (int round = 0; round < 64 && agent_check_and_process(0) > 0; ++round) {
    }
}

void Subagent::Impl::registerSubtree(const Subtree& subtree) {
    auto* handler = netsnmp_create_handler("headgate", handle);
    if (!handler) throw std::bad_alloc();
    handler->myvoid = this;
    const auto root = toLibrary(subtree.root);
    auto* registration = netsnmp_handler_registration_create("headgate", handler, root.data(), root.size(),
                                                             HANDLER_CAN_RWRITE);
    if (!registration || netsnmp_register_handler(registration) != MIB_REGISTERED_OK)
        throw std::runtime_error("Net-SNMP does not register " + subtree.root.print());
    registrations.push_back(registration);
}

void Subagent::Impl::connectionChanged(netsnmp_session* now) {
    const bool had = session != nullptr;
    session = now;
    watch.cancel();
    if (now) {
        auto* transport = snmp_sess_transport(snmp_sess_pointer(now));
        pingSeldom(true);
        if (transport) watch = loop.whenReadable(transport->sock, [this] { pump(); });
    }
    if (had == (now != nullptr)) return;
    if (now)
        logger.info("snmpd takes us as its subagent", {{"master", options.master}});
    else
        logger.warning("snmpd is gone: looking for it each second", {{"master", options.master}});
    // Later: the library is in the middle of it now, and registers our subtrees after this.
    loop.post([this] {
        pingSeldom(false);
        if (session == nullptr)
            while (!underway.empty())
                end(underway.begin()->first, false);
        if (options.onMaster) options.onMaster(session != nullptr);
    });
}

int Subagent::Impl::onStart(int, int, void* session, void* self) {
    static_cast<Impl*>(self)->connectionChanged(static_cast<netsnmp_session*>(session));
    return SNMP_ERR_NOERROR;
}

int Subagent::Impl::onStop(int, int, void*, void* self) {
    static_cast<Impl*>(self)->connectionChanged(nullptr);
    return SNMP_ERR_NOERROR;
}

const Subtree* Subagent::Impl::subtreeOf(const netsnmp_handler_registration& registration) const {
    const auto root = fromLibrary(registration.rootoid, registration.rootoid_len);
    for (const auto& subtree : subtrees)
        if (subtree.root == root) return &subtree;
    return nullptr;
}

int Subagent::Impl::handle(netsnmp_mib_handler* handler, netsnmp_handler_registration* registration,
                           netsnmp_agent_request_info* info, netsnmp_request_info* requests) {
    auto& self = *static_cast<Impl*>(handler->myvoid);
    try {
        const auto* subtree = self.subtreeOf(*registration);
        if (!subtree) return SNMP_ERR_GENERR;
        for (auto* request = requests; request; request = request->next) {
            if (request->processed) continue;
            if (info->mode == MODE_GET || info->mode == MODE_GETNEXT)
                self.answer(*subtree, info->mode, *request, info);
            else
                self.write(info->mode, *request, info);
        }
        return SNMP_ERR_NOERROR;
    } catch (const std::exception& error) {
        logger.error("a question could not be answered", {{"because", error.what()}});
        return SNMP_ERR_GENERR;
    }
}

void Subagent::Impl::answer(const Subtree& subtree, int mode, netsnmp_request_info& request,
                            netsnmp_agent_request_info* info) {
    auto& varbind = *request.requestvb;
    const auto name = fromLibrary(varbind.name, varbind.name_length);
    const auto& objects = subtree.look();
    if (mode == MODE_GET) {
        const auto reply =
            snmp::answer(objects, {snmp::PduType::get, 0, 0, 0, {{name, snmp::Null{}}}})->varbinds.front();
        if (std::holds_alternative<snmp::NoSuchObject>(reply.value))
            netsnmp_request_set_error(&request, SNMP_NOSUCHOBJECT);
        else if (std::holds_alternative<snmp::NoSuchInstance>(reply.value))
            netsnmp_request_set_error(&request, SNMP_NOSUCHINSTANCE);
        else
            setValue(varbind, reply.value);
        return;
    }
    const auto next = request.inclusive ? objects.values.lower_bound(name) : objects.values.upper_bound(name);
    // Left as it is, the library goes on with what comes after our subtree.
    if (next == objects.values.end() || !subtree.root.isPrefixOf(next->first)) return;
    (void)info;
    const auto found = toLibrary(next->first);
    snmp_set_var_objid(&varbind, found.data(), found.size());
    setValue(varbind, next->second);
}

void Subagent::Impl::write(int mode, netsnmp_request_info& request, netsnmp_agent_request_info* info) {
    const auto& varbind = *request.requestvb;
    const snmp::Varbind wanted{fromLibrary(varbind.name, varbind.name_length), valueOf(varbind)};
    auto error = SetError::none;
    switch (mode) {
    case MODE_SET_RESERVE1: error = writer.test(wanted); break;
    case MODE_SET_ACTION: error = writer.prepare(wanted); break;
    case MODE_SET_COMMIT: writer.commit(wanted); break;
    case MODE_SET_UNDO: writer.undo(wanted); break;
    default: break;
    }
    if (error != SetError::none) netsnmp_set_request_error(info, &request, static_cast<int>(error));
}

Subagent::Subagent(base::EventLoop& loop, Options options, std::vector<Subtree> subtrees, Writer& writer)
    : m_impl(std::make_unique<Impl>(loop, std::move(options), std::move(subtrees), writer)) {
    m_impl->start();
}

Subagent::~Subagent() {
    m_impl->stop();
}

bool Subagent::connected() const {
    return m_impl->session != nullptr;
}

int Subagent::Impl::taken(int operation, netsnmp_session*, int, netsnmp_pdu* pdu, void* magic) {
    const bool answered = operation == NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE && pdu;
    if (running)
        running->end(reinterpret_cast<std::uintptr_t>(magic), answered && pdu->errstat == SNMP_ERR_NOERROR);
    return 1;
}

void Subagent::Impl::end(std::uintptr_t number, bool success) {
    const auto found = underway.find(number);
    if (found == underway.end()) return;
    const auto done = std::move(found->second);
    underway.erase(found);
    try {
        done(success);
    } catch (const std::exception& error) {
        logger.error("after a notification", {{"because", error.what()}});
    }
}

void Subagent::notify(const snmp::Oid& trap, const std::vector<snmp::Varbind>& varbinds,
                      std::function<void(bool)> done) {
    static const snmp::Oid trapOid = snmp::Oid::of("1.3.6.1.6.3.1.1.4.1.0");
    auto* session = m_impl->session;
    if (!session) return done(false);
    // Not by send_v2trap: that one does not tell whether the master has got it.
    netsnmp_pdu* pdu = snmp_pdu_create(notifyPdu);
    if (!pdu) throw std::bad_alloc();
    pdu->sessid = session->sessid;
    addVarbind(*pdu, {trapOid, trap});
    for (const auto& varbind : varbinds)
        addVarbind(*pdu, varbind);
    const auto number = ++m_impl->lastNumber;
    m_impl->underway.emplace(number, std::move(done));
    if (snmp_async_send(session, pdu, Impl::taken, reinterpret_cast<void*>(number))) return;
    snmp_free_pdu(pdu);
    m_impl->end(number, false);
}

}
