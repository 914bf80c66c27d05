#pragma once

#include <string>

namespace headgate::test {

// A certificate of nobody, made for these tests, and keys of nobody.

inline std::string certificate() {
    return "-----BEGIN CERTIFICATE-----\n"
           "MIIBdjCCARugAwIBAgIUMhNuI/r0YYOEc8yikhG9DP7VipQwCgYIKoZIzj0EAwIw\n"
           "DzENMAsGA1UEAwwEdGVzdDAgFw0yNjEyMDEwNzIyMjlaGA8yMTI2MTEwNzA3MjIy\n"
           "OVowDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABKgU\n"
           "Loqx3t+hBoCtO46yOvpQeQREuMWCpMqqD8Qv2ZAdAIKgot8EoaqwcRWyH3HiPMYj\n"
           "mbUMdZWEONNqjvA3cFujUzBRMB0GA1UdDgQWBBQkg1/XlbHxxkYepHVNezYeVEb9\n"
           "YzAfBgNVHSMEGDAWgBQkg1/XlbHxxkYepHVNezYeVEb9YzAPBgNVHRMBAf8EBTAD\n"
           "AQH/MAoGCCqGSM49BAMCA0kAMEYCIQD8l7lC9R6tYhQBYA9v45l5A2RSmSuA39XG\n"
           "+45gmwjWswIhAI6mtzQCvGjnrGwE7yvWvlOFr5uc4Dglz+38KsAi3SaH\n"
           "-----END CERTIFICATE-----\n";
}

inline std::string keyOfCertificate() {
    return "-----BEGIN PRIVATE KEY-----\n"
           "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgCvpzPEBpK9mo5qwI\n"
           "9MfkvAydqgpIehmfgObZH1bsuNChRANCAASoFC6Ksd7foQaArTuOsjr6UHkERLjF\n"
           "gqTKqg/EL9mQHQCCoKLfBKGqsHEVsh9x4jzGI5m1DHWVhDjTao7wN3Bb\n"
           "-----END PRIVATE KEY-----\n";
}

inline std::string anotherKey() {
    return "-----BEGIN PRIVATE KEY-----\n"
           "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgEti9rl7Xz13LtGws\n"
           "IKOqUkaK3gv2WDY51sLuo+2EmqKhRANCAASmcdFDrnHMh+BtE4vNaufifaoS6aXR\n"
           "3aATOMVsbVuQsaWT8mld8V+IdIGIZ1XeVeFelTDEBDJ/nAxDFCM99GUs\n"
           "-----END PRIVATE KEY-----\n";
}

inline std::string keyWithPassphrase() {
    return "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
           "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjatCqvj5TOwAICCAAw\n"
           "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEELNypOkkPCcs6McR7/0HWp4EgZDQ\n"
           "xC0dP0FWASycd+A5i4ax8JzzUY1n33DzTJbW1uD4Xx5QqgueoUNt5XxQSAKiZFNx\n"
           "Ug97YBN1NCeBVgC3QED1Xhq7PCfCV9FyfMNzBGohkWCUfmJRUQaIV1uDE0cDHLFE\n"
           "wZuBziD8YzgpbmfAhTJquDn6gm+wKUPkrDMIYpI9f7ceeynVOrFLni5ltWEruUE=\n"
           "-----END ENCRYPTED PRIVATE KEY-----\n";
}

/// Of another subject.
inline std::string authority() {
    return "-----BEGIN CERTIFICATE-----\n"
           "MIIBejCCASGgAwIBAgIUCwLaxxpsdbcQgfAzgCwKl13Op5swCgYIKoZIzj0EAwIw\n"
           "EjEQMA4GA1UEAwwHVGVzdCBDQTAgFw0yNjEyMDEwNzAwMDlaGA8yMTI2MTEwNzA3\n"
           "MDAwOVowEjEQMA4GA1UEAwwHVGVzdCBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEH\n"
           "A0IABDkrJpc6N0k5GovdYPbDFGJCKrfw/VVukygDmwuqlp4imheZ0rGUFvBa5JHp\n"
           "HR50PtPEM+px/nDcySz8KfjP8eqjUzBRMB0GA1UdDgQWBBQu9bqPNKIdI1hET056\n"
           "ZPTlDjkMMzAfBgNVHSMEGDAWgBQu9bqPNKIdI1hET056ZPTlDjkMMzAPBgNVHRMB\n"
           "Af8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCIB4pD5oC/bSUDfF2QtxcMrN4B8VU\n"
           "AeifdtDXg+RhFt5yAiBXL3FWurbgqE7BlRclW2XutF0TNTiDslGr0Fu5HTQnVw==\n"
           "-----END CERTIFICATE-----\n";
}

}
