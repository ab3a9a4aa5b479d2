#pragma once
// A value, or in words why there is none.

#include <optional>
#include <string>
#include <utility>

namespace telegram_gateway {

struct Failure {
  std::string why;
};

template <class T>
class Result {
 public:
  Result(T value) : value_(std::move(value)) {}                  // NOLINT(google-explicit-constructor)
  Result(Failure failure) : failure_(std::move(failure.why)) {}  // NOLINT(google-explicit-constructor)

  explicit operator bool() const { return value_.has_value(); }
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }
  const std::string& why() const { return failure_; }

 private:
  std::optional<T> value_;
  std::string failure_;
};

}  // namespace telegram_gateway
