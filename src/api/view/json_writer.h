#pragma once
// Writes JSON straight into a string: what is sent a thousand times a second is not built as a tree first.

#include <charconv>
#include <string>
#include <string_view>
#include <type_traits>

#include "model/ids.h"
#include "model/message_json.h"

namespace tg::api {

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  void open(char bracket) {
    separate();
    out_.push_back(bracket);
    first_ = true;
  }
  void close(char bracket) {
    out_.push_back(bracket);
    first_ = false;
  }
  JsonWriter& name(std::string_view text) {
    separate();
    out_.push_back('"');
    out_.append(text);
    out_.append("\":");
    first_ = true;
    return *this;
  }

  void value(std::string_view text) {
    separate();
    model::append_json_string(out_, text);
  }
  void value(const std::string& text) { value(std::string_view(text)); }
  void value(const char* text) { value(std::string_view(text)); }
  template <class T>
  requires std::is_arithmetic_v<T>
  void value(T number) {
    separate();
    if constexpr (std::is_same_v<T, bool>) {
      out_.append(number ? "true" : "false");
    } else {
      char digits[32];
      const auto end = std::to_chars(digits, digits + sizeof(digits), number).ptr;
      out_.append(digits, end);
    }
  }
  void value(model::Time time) { value(model::to_rfc3339(time)); }

  template <class T>
  void field(std::string_view key, const T& content) {
    name(key).value(content);
  }
  // Left out where it is empty (a text), zero (a number or a time).
  void optional(std::string_view key, const std::string& text) {
    if (!text.empty()) field(key, text);
  }
  void optional(std::string_view key, model::Time time) {
    if (time) field(key, time);
  }
  void optional(std::string_view key, std::int64_t number) {
    if (number != 0) field(key, number);
  }
  void null(std::string_view key) {
    name(key);
    separate();
    out_.append("null");
  }
  void raw(std::string_view key, std::string_view json) {
    name(key);
    separate();
    out_.append(json);
  }

 private:
  void separate() {
    if (!first_) out_.push_back(',');
    first_ = false;
  }

  std::string& out_;
  bool first_ = true;
};

}  // namespace tg::api
