#include "export/export.h"

#include "export/detail/csv.h"
#include "export/detail/html_site.h"
#include "export/detail/json.h"
#include "export/detail/ndjson.h"

namespace tg::exporting {
namespace {

constexpr std::array<std::pair<Format, std::string_view>, 4> kFormats = {
    {{Format::ndjson, "ndjson"}, {Format::csv, "csv"}, {Format::json, "json"}, {Format::html, "html"}}};

template <class Write>
Result<Written> to_file(const Options& options, Write write) {
  auto output = detail::Output::open(options.path, options.force);
  if (!output) return output.error();
  Written written;
  if (auto done = write(*output, written); !done) return done.error();
  if (auto done = output->finish(); !done) return done.error();
  written.files = 1;
  written.bytes = output->bytes();
  return written;
}

}  // namespace

std::string_view name_of(Format format) {
  for (const auto& [value, name] : kFormats) {
    if (value == format) return name;
  }
  return {};
}

std::optional<Format> parse_format(std::string_view name) {
  for (const auto& [value, known] : kFormats) {
    if (known == name) return value;
  }
  return std::nullopt;
}

Result<Written> write_export(store::Store& store, journal::Journal& journal, const Options& given) {
  Options options = given;
  if (!options.path.has_filename()) options.path = options.path.parent_path();  // "site/" is "site"
  if (options.path.empty()) return Error{Code::invalid_input, "the export has no name", "Give the file to write"};
  switch (options.format) {
    case Format::ndjson:
      return to_file(options, [&](detail::Output& out, Written& written) {
        return detail::write_ndjson(store, journal, options, out, written);
      });
    case Format::csv:
      return to_file(options, [&](detail::Output& out, Written& written) {
        return detail::write_csv(store, options, out, written);
      });
    case Format::json:
      return to_file(options, [&](detail::Output& out, Written& written) {
        return detail::write_json(store, options, out, written);
      });
    case Format::html: return detail::write_html_site(store, options);
  }
  return Error{Code::internal, "unknown format", ""};
}

}  // namespace tg::exporting
