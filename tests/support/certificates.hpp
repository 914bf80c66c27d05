#pragma once

/// Certificates and keys for tests, and for nothing else: valid from 2026 to 2126.
namespace headgate::test {

inline constexpr const char* caPem = "-----BEGIN CERTIFICATE-----\n"
                                     "MIIBejCCASGgAwIBAgIUCwLaxxpsdbcQgfAzgCwKl13Op5swCgYIKoZIzj0EAwIw\n"
                                     "EjEQMA4GA1UEAwwHVGVzdCBDQTAgFw0yNjEyMDEwNzAwMDlaGA8yMTI2MTEwNzA3\n"
                                     "MDAwOVowEjEQMA4GA1UEAwwHVGVzdCBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEH\n"
                                     "A0IABDkrJpc6N0k5GovdYPbDFGJCKrfw/VVukygDmwuqlp4imheZ0rGUFvBa5JHp\n"
                                     "HR50PtPEM+px/nDcySz8KfjP8eqjUzBRMB0GA1UdDgQWBBQu9bqPNKIdI1hET056\n"
                                     "ZPTlDjkMMzAfBgNVHSMEGDAWgBQu9bqPNKIdI1hET056ZPTlDjkMMzAPBgNVHRMB\n"
                                     "Af8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCIB4pD5oC/bSUDfF2QtxcMrN4B8VU\n"
                                     "AeifdtDXg+RhFt5yAiBXL3FWurbgqE7BlRclW2XutF0TNTiDslGr0Fu5HTQnVw==\n"
                                     "-----END CERTIFICATE-----\n";

inline constexpr const char* clientPem = "-----BEGIN CERTIFICATE-----\n"
                                         "MIIBIDCBxwIUOOADSpgz3aOHksywvDEND3IvK7MwCgYIKoZIzj0EAwIwEjEQMA4G\n"
                                         "A1UEAwwHVGVzdCBDQTAgFw0yNjEyMDEwNzAwMDlaGA8yMTI2MTEwNzA3MDAwOVow\n"
                                         "EjEQMA4GA1UEAwwHbW9uaXRvcjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABDi/\n"
                                         "iccoCRzjtZ9ILKDp+1zt3zqqoV3ayfYNDrpy96eCQ2Un21dTOyo4GcpJDnvJfVtM\n"
                                         "PBhZNylC8ZAduClqCj0wCgYIKoZIzj0EAwIDSAAwRQIgYYbJiV9sLHoD5PG7iolT\n"
                                         "0A0kVzug8ucxtXgXYIiy6nACIQD+izEMJd6DPWDKxVXJCoFx2X1jBZhYBG+uyKMq\n"
                                         "DiPuyA==\n"
                                         "-----END CERTIFICATE-----\n";

inline constexpr const char* clientKey = "-----BEGIN EC PRIVATE KEY-----\n"
                                         "MHcCAQEEIAf0zOv8evtUlr8/q80vX+ytvF9OMRy1fZPH/KWtbJ8yoAoGCCqGSM49\n"
                                         "AwEHoUQDQgAEOL+JxygJHOO1n0gsoOn7XO3fOqqhXdrJ9g0OunL3p4JDZSfbV1M7\n"
                                         "KjgZykkOe8l9W0w8GFk3KULxkB24KWoKPQ==\n"
                                         "-----END EC PRIVATE KEY-----\n";

inline constexpr const char* otherKey = "-----BEGIN EC PRIVATE KEY-----\n"
                                        "MHcCAQEEIJLqpnvrx0AxW4IMEJS0uLoM0HZAEK1tER7pOfDn72jnoAoGCCqGSM49\n"
                                        "AwEHoUQDQgAELX9gm/+aVn7mnYIZvqM3eEzcE7Q/Og94tqi3Gdi9qsUXp7lfEkBK\n"
                                        "5aUH8Z0FW79GojsoCi+db3QYJKYNOCP7QQ==\n"
                                        "-----END EC PRIVATE KEY-----\n";

}
