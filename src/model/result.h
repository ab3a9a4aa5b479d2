#pragma once
// Expected failures are values: what went wrong, what was being done, and what the person can do about it.
// Exceptions are left for broken invariants.

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace tg {

enum class Code {
  invalid_input,  // the caller's data is wrong; the same call fails again
  not_found,
  conflict,  // exists already, or another process holds it
  permission,
  unavailable,  // try again later
  out_of_space,
  corrupt,  // stored data contradicts itself
  gapped,   // asked for what has been trimmed
  timeout,
  unsupported,
  internal,
};

std::string_view name_of(Code code);

struct Error {
  Code code = Code::internal;
  std::string what;  // what was being done and what happened, with the place
  std::string fix;   // what to do; may be empty

  std::string to_string() const { return fix.empty() ? what : what + ". " + fix; }
};

// Holds a T or an Error. value() on an error throws std::logic_error: a broken invariant.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { return checked(*this); }
  const T& value() const& { return checked(*this); }
  T&& value() && { return std::move(checked(*this)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const { return std::get<1>(state_); }

 private:
  template <class Self>
  static auto& checked(Self& self) {
    if (!self.ok()) throw std::logic_error("value() of a failed Result: " + std::get<1>(self.state_).to_string());
    return std::get<0>(self.state_);
  }
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }
  const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

}  // namespace tg
