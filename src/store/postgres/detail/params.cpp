#include "store/postgres/detail/params.h"

#include "store/postgres/detail/wire.h"

namespace tg::store::postgres {
namespace {

using wire::put;

// One dimension, counted from 1 (array_send in PostgreSQL's arrayfuncs.c).
std::string array_head(unsigned element, std::size_t size, bool has_nulls, std::size_t bytes) {
  std::string out;
  out.reserve(20 + bytes);
  put<std::int32_t>(out, 1);
  put<std::int32_t>(out, has_nulls ? 1 : 0);
  put<std::uint32_t>(out, element);
  put<std::int32_t>(out, static_cast<std::int32_t>(size));
  put<std::int32_t>(out, 1);
  return out;
}

}  // namespace

Params& Params::add(std::int64_t value) {
  Value one{wire::kInt8, {}};
  put(one.bytes, value);
  values_.push_back(std::move(one));
  return *this;
}

Params& Params::add(bool value) {
  values_.push_back({wire::kBool, std::string(1, value ? '\1' : '\0')});
  return *this;
}

Params& Params::add(std::string_view text) {
  values_.push_back({wire::kText, std::string(text)});
  return *this;
}

Params& Params::add(model::Time time) {
  Value one{wire::kTimestamptz, {}, !time};
  put(one.bytes, time.us - wire::kEpochUs);
  values_.push_back(std::move(one));
  return *this;
}

Params& Params::add(std::span<const std::int64_t> values) {
  Value all{wire::kInt8Array, array_head(wire::kInt8, values.size(), false, values.size() * 12)};
  for (const auto value : values) {
    put<std::int32_t>(all.bytes, 8);
    put(all.bytes, value);
  }
  values_.push_back(std::move(all));
  return *this;
}

Params& Params::add(std::span<const std::string> texts) {
  std::size_t bytes = 0;
  for (const auto& text : texts) bytes += 4 + text.size();
  Value all{wire::kTextArray, array_head(wire::kText, texts.size(), false, bytes)};
  for (const auto& text : texts) {
    put(all.bytes, static_cast<std::int32_t>(text.size()));
    all.bytes += text;
  }
  values_.push_back(std::move(all));
  return *this;
}

Params& Params::add(std::span<const model::Time> times) {
  Value all{wire::kTimestamptzArray, array_head(wire::kTimestamptz, times.size(), true, times.size() * 12)};
  for (const auto time : times) {
    put<std::int32_t>(all.bytes, time ? 8 : -1);
    if (time) put(all.bytes, time.us - wire::kEpochUs);
  }
  values_.push_back(std::move(all));
  return *this;
}

Params& Params::add_bools(std::span<const char> values) {
  Value all{wire::kBoolArray, array_head(wire::kBool, values.size(), false, values.size() * 5)};
  for (const char value : values) {
    put<std::int32_t>(all.bytes, 1);
    all.bytes += value ? '\1' : '\0';
  }
  values_.push_back(std::move(all));
  return *this;
}

std::size_t Params::bytes() const {
  std::size_t sum = 0;
  for (const auto& value : values_) sum += value.bytes.size();
  return sum;
}

std::size_t Params::hash() const {
  std::size_t sum = 1;
  for (const auto& value : values_) sum = sum * 31 + std::hash<std::string>{}(value.bytes);
  return sum == 0 ? 1 : sum;
}

}  // namespace tg::store::postgres
