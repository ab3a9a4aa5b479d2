#pragma once
// Which addresses a webhook may reach when private ones are not allowed.

#include <sys/socket.h>

#include <string>

namespace tg::sink {

// Of the internet at large: no loopback, private, shared (CGNAT), link-local, multicast or reserved address, also where
// one is wrapped in an IPv6 address (mapped, NAT64, 6to4). Families other than IPv4 and IPv6 are not.
bool is_public(const sockaddr& address);

std::string to_text(const sockaddr& address);  // without the port

}  // namespace tg::sink
