#include "sink/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <cstring>

namespace tg::sink {
namespace {

struct Block {
  std::uint32_t first;
  int bits;
};

constexpr std::uint32_t v4(unsigned a, unsigned b, unsigned c) { return a << 24 | b << 16 | c << 8; }

// IANA's special-purpose registry of IPv4 (RFC 6890 and later), multicast and class E.
constexpr std::array kNotPublic{
    Block{v4(0, 0, 0), 8},      Block{v4(10, 0, 0), 8},     Block{v4(100, 64, 0), 10}, Block{v4(127, 0, 0), 8},
    Block{v4(169, 254, 0), 16}, Block{v4(172, 16, 0), 12},  Block{v4(192, 0, 0), 24},  Block{v4(192, 0, 2), 24},
    Block{v4(192, 88, 99), 24}, Block{v4(192, 168, 0), 16}, Block{v4(198, 18, 0), 15}, Block{v4(198, 51, 100), 24},
    Block{v4(203, 0, 113), 24}, Block{v4(224, 0, 0), 4},    Block{v4(240, 0, 0), 4},
};

bool is_public_v4(std::uint32_t address) {
  for (const auto& block : kNotPublic) {
    if ((address ^ block.first) >> (32 - block.bits) == 0) return false;
  }
  return true;
}

std::uint32_t v4_at(const std::uint8_t* bytes) {
  std::uint32_t address = 0;
  for (int i = 0; i < 4; ++i) address = address << 8 | bytes[i];
  return address;
}

bool is_public_v6(const std::array<std::uint8_t, 16>& a) {
  const auto begins = [&](std::initializer_list<std::uint8_t> prefix) {
    return std::equal(prefix.begin(), prefix.end(), a.begin());
  };
  if (begins({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff})) return is_public_v4(v4_at(a.data() + 12));
  if (begins({0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0})) return is_public_v4(v4_at(a.data() + 12));  // NAT64
  if (begins({0x20, 0x02})) return is_public_v4(v4_at(a.data() + 2));                                    // 6to4
  const bool global_unicast = (a[0] & 0xe0) == 0x20;
  const bool protocols = begins({0x20, 0x01}) && a[2] < 0x02;  // 2001::/23: Teredo, ORCHID
  const bool documentation = begins({0x20, 0x01, 0x0d, 0xb8}) || (begins({0x3f, 0xff}) && a[2] < 0x10);
  return global_unicast && !protocols && !documentation;
}

}  // namespace

bool is_public(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &address, sizeof in);
    return is_public_v4(ntohl(in.sin_addr.s_addr));
  }
  if (address.sa_family != AF_INET6) return false;
  sockaddr_in6 in{};
  std::memcpy(&in, &address, sizeof in);
  std::array<std::uint8_t, 16> bytes{};
  std::memcpy(bytes.data(), &in.sin6_addr, bytes.size());
  return is_public_v6(bytes);
}

std::string to_text(const sockaddr& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* from = nullptr;
  if (address.sa_family == AF_INET) from = &reinterpret_cast<const sockaddr_in&>(address).sin_addr;
  if (address.sa_family == AF_INET6) from = &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
  if (!from || !inet_ntop(address.sa_family, from, text.data(), text.size())) return "?";
  return text.data();
}

}  // namespace tg::sink
