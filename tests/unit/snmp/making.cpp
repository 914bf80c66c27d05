#include "making.hpp"

#include <dlfcn.h>
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <openssl/evp.h>

namespace headgate::snmp::test {

namespace {

Making* watching = nullptr;

template <typename Function>
Function* next(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}

Making::Making() {
    watching = this;
}

Making::~Making() {
    watching = nullptr;
}

}

using headgate::snmp::test::next;
using headgate::snmp::test::watching;

// In the libraries' place for all of the executable, as the linker finds them first.

extern "C" int generate_kul(const ::oid* type, u_int typeSize, const u_char* engine, std::size_t engineSize,
                            const u_char* key, std::size_t keySize, u_char* local, std::size_t* localSize) {
    if (watching) ++watching->localKeys;
    static auto* const real = next<decltype(generate_kul)>("generate_kul");
    return real(type, typeSize, engine, engineSize, key, keySize, local, localSize);
}

extern "C" EVP_MD_CTX* EVP_MD_CTX_new() {
    if (watching) ++watching->contexts;
    static auto* const real = next<decltype(EVP_MD_CTX_new)>("EVP_MD_CTX_new");
    return real();
}

extern "C" EVP_CIPHER_CTX* EVP_CIPHER_CTX_new() {
    if (watching) ++watching->contexts;
    static auto* const real = next<decltype(EVP_CIPHER_CTX_new)>("EVP_CIPHER_CTX_new");
    return real();
}
