#pragma once
// Dates of an export that are written without a zone (2023-01-07T12:18:49): the time of the computer that exported.
// Newer exports also have date_unixtime, which needs none of this. Used by one thread.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "model/ids.h"
#include "model/result.h"

namespace tg::export_file::detail {

class LocalTime {
 public:
  // An IANA name (Europe/Berlin), or UTC.
  static Result<LocalTime> open(const std::string& zone);
  LocalTime(LocalTime&&) noexcept;
  LocalTime& operator=(LocalTime&&) noexcept;
  ~LocalTime();

  // In the hour that a change of clocks repeats, the first of the two.
  std::optional<model::Time> to_utc(std::string_view local) const;

 private:
  struct Impl;
  explicit LocalTime(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tg::export_file::detail
