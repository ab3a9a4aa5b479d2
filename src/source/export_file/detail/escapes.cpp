#include "source/export_file/detail/escapes.h"

#include <cctype>

namespace tg::export_file::detail {
namespace {

bool hex_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
}

unsigned code_unit(std::string_view escape) {  // of \uXXXX
  return static_cast<unsigned>(std::stoul(std::string(escape.substr(2, 4)), nullptr, 16));
}

bool is_leading(unsigned unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool is_trailing(unsigned unit) { return unit >= 0xDC00 && unit < 0xE000; }

constexpr std::string_view kReplacement = "\\ufffd";

}  // namespace

// A complete \xHH has 4 characters, \uXXXX 6, and a leading surrogate waits for what follows it.
bool Escapes::pending_complete() const {
  if (pending_.size() < 2) return false;
  if (pending_[1] == 'x') return pending_.size() >= 4 || !hex_digits(std::string_view(pending_).substr(2));
  if (pending_[1] != 'u') return true;
  const auto digits = std::string_view(pending_).substr(2, 4);
  if (!hex_digits(digits)) return true;
  if (pending_.size() < 6) return false;
  if (pending_.size() == 6) return !is_leading(code_unit(pending_));
  if (pending_[6] != '\\') return true;
  if (pending_.size() == 7) return false;
  if (pending_[7] != 'u') return true;
  const auto second = std::string_view(pending_).substr(8);
  return !hex_digits(second) || second.size() >= 4;
}

// Hands on the pending escape. What follows a lone surrogate may begin an escape of its own, so it stays pending.
bool Escapes::settle(const Take& take) {
  std::string escape = std::exchange(pending_, {});
  const std::string_view view = escape;
  if (view.size() == 4 && view[1] == 'x' && hex_digits(view.substr(2))) {
    escape.replace(0, 2, "\\u00");
    return take(escape);
  }
  if (view.size() < 6 || view[1] != 'u' || !hex_digits(view.substr(2, 4))) return take(view);
  const unsigned unit = code_unit(view);
  if (is_trailing(unit)) return take(kReplacement) && (view.size() == 6 || take(view.substr(6)));
  if (!is_leading(unit)) return take(view);
  if (view.size() == 12 && view[6] == '\\' && view[7] == 'u' && hex_digits(view.substr(8)) &&
      is_trailing(code_unit(view.substr(6)))) {
    return take(view);
  }
  if (!take(kReplacement)) return false;
  const auto rest = view.substr(6);
  if (rest.empty()) return true;
  if (rest[0] != '\\') return take(rest);
  pending_ = rest;
  return !pending_complete() || settle(take);
}

bool Escapes::pass(std::string_view chunk, const Take& take) {
  std::size_t done = 0;
  while (done < chunk.size()) {
    if (!pending_.empty()) {
      pending_ += chunk[done++];
      if (pending_complete() && !settle(take)) return false;
      continue;
    }
    // Outside of strings a backslash is an error anyway, so quotes need not be followed.
    const auto backslash = chunk.find('\\', done);
    if (backslash == std::string_view::npos) return take(chunk.substr(done));
    // The usual escapes (\n, \", \\) go through in one piece with what surrounds them.
    std::size_t end = backslash;
    while (end != std::string_view::npos && end + 1 < chunk.size() && chunk[end + 1] != 'x' && chunk[end + 1] != 'u') {
      end = chunk.find('\\', end + 2);
    }
    const auto plain = chunk.substr(done, end == std::string_view::npos ? end : end - done);
    if (!plain.empty() && !take(plain)) return false;
    if (end == std::string_view::npos) return true;
    pending_ = '\\';
    done = end + 1;
  }
  return true;
}

bool Escapes::finish(const Take& take) {
  if (pending_.empty()) return true;
  return take(std::exchange(pending_, {}));
}

}  // namespace tg::export_file::detail
