#pragma once
// Whether the gateway will find its port free.

#include <cstdint>
#include <string>

namespace tg::legacy::detail {

// For people: "127.0.0.1:4010 is free", or why not.
std::string port_found(const std::string& host, std::int64_t port);

}  // namespace tg::legacy::detail
