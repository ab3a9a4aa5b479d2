#include "source/export_file/detail/local_time.h"

#include <cmath>

#include <unicode/basictz.h>
#include <unicode/timezone.h>
#include <unicode/unistr.h>

namespace tg::export_file::detail {

struct LocalTime::Impl {
  std::unique_ptr<icu::TimeZone> zone;
};

LocalTime::LocalTime(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LocalTime::LocalTime(LocalTime&&) noexcept = default;
LocalTime& LocalTime::operator=(LocalTime&&) noexcept = default;
LocalTime::~LocalTime() = default;

Result<LocalTime> LocalTime::open(const std::string& zone) {
  auto impl = std::make_unique<Impl>();
  const auto name = icu::UnicodeString::fromUTF8(zone);
  impl->zone.reset(icu::TimeZone::createTimeZone(name));
  // ICU gives GMT for names that it does not know.
  if (!impl->zone || *impl->zone == icu::TimeZone::getUnknown()) {
    return Error{Code::invalid_input, fmt::format("the time zone \"{}\" is not known", zone),
                 "Give a name such as Europe/Berlin, America/Sao_Paulo or UTC"};
  }
  return LocalTime(std::move(impl));
}

std::optional<model::Time> LocalTime::to_utc(std::string_view local) const {
  // As if it were UTC; a zone in the text would be a trusted date, which is not asked for here.
  const auto as_utc = model::parse_time(std::string(local) + "Z");
  if (!as_utc) return std::nullopt;
  UErrorCode status = U_ZERO_ERROR;
  std::int32_t raw = 0, daylight = 0;
  const auto milliseconds = std::floor(static_cast<double>(as_utc->us) / 1000);
  if (const auto* basic = dynamic_cast<const icu::BasicTimeZone*>(impl_->zone.get())) {
    basic->getOffsetFromLocal(milliseconds, UCAL_TZ_LOCAL_FORMER, UCAL_TZ_LOCAL_FORMER, raw, daylight, status);
  } else {
    impl_->zone->getOffset(milliseconds, true, raw, daylight, status);
  }
  if (U_FAILURE(status)) return std::nullopt;
  return model::Time{as_utc->us - (static_cast<std::int64_t>(raw) + daylight) * 1000};
}

}  // namespace tg::export_file::detail
