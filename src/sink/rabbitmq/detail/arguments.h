#pragma once
// A table of arguments as AMQP has it. The strings that it was given must live as long as it is used.

#include <amqp.h>

#include <string_view>
#include <vector>

namespace tg::sink::rabbitmq {

class Arguments {
 public:
  Arguments& add(const char* name, std::string_view text) {
    auto& value = entry(name);
    value.kind = AMQP_FIELD_KIND_UTF8;
    value.value.bytes = {text.size(), const_cast<char*>(text.data())};  // rabbitmq-c only reads it
    return *this;
  }
  Arguments& add(const char* name, std::int64_t number) {
    auto& value = entry(name);
    value.kind = AMQP_FIELD_KIND_I64;
    value.value.i64 = number;
    return *this;
  }
  // Of use until the next add().
  amqp_table_t table() { return {static_cast<int>(entries_.size()), entries_.data()}; }

 private:
  amqp_field_value_t& entry(const char* name) {
    auto& added = entries_.emplace_back();
    added.key = amqp_cstring_bytes(name);
    return added.value;
  }
  std::vector<amqp_table_entry_t> entries_;
};

}  // namespace tg::sink::rabbitmq
