#include "source/demo/detail/phrases.h"

#include "source/demo/detail/phrase_tables.h"

namespace tg::demo::detail {
namespace {

struct Scale {
  double price, step;
  int decimals;
  bool comma;  // 128.450 / 38,10 as in Portuguese
};

Scale scale_of(Style style) {
  switch (style) {
    case Style::signals: return {128'450, 90, 0, true};
    case Style::gold: return {4'012, 6, 0, true};
    case Style::crypto: return {104'300, 450, 0, true};
    case Style::flows: return {412, 37, 0, true};
    case Style::energy: return {83.4, 0.7, 1, true};
    case Style::city:
    case Style::rail: return {38.1, 0.4, 2, true};
    default: return {96.4, 0.8, 2, false};
  }
}

std::string grouped(double value, const Scale& scale) {
  std::string digits = fmt::format("{:.{}f}", value, scale.decimals);
  auto point = digits.find('.');
  if (point == digits.npos)
    point = digits.size();
  else if (scale.comma)
    digits[point] = ',';
  for (auto at = static_cast<std::ptrdiff_t>(point) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), 1, scale.comma ? '.' : ',');
  }
  return digits;
}

std::string number(std::string_view name, Style style, Random& random, int version) {
  const auto scale = scale_of(style);
  // Every draw is made whatever the name, so that the same post has one set of numbers.
  Random numbers = random;
  const double price = scale.price + scale.step * static_cast<double>(numbers.between(-30, 30));
  const double risk = scale.step * static_cast<double>(numbers.between(2, 4));
  if (name == "price") return grouped(price, scale);
  // An edit moves the stop and the first target, as people do.
  const double moved = scale.step * 0.5 * version;
  if (name == "stop") return grouped(price - risk + moved, scale);
  if (name == "t1") return grouped(price + risk * 1.5 + (version > 1 ? scale.step : 0), scale);
  if (name == "t2") return grouped(price + risk * 3, scale);
  if (name == "pct") {
    const double percent = 0.1 * static_cast<double>(numbers.between(1, 58) + version);
    return grouped(percent, {0, 0, 1, scale.comma});
  }
  if (name == "n") return std::to_string(numbers.between(2, 19) + version);
  if (name == "big") return grouped(static_cast<double>(numbers.between(1'200, 98'000)), {0, 0, 0, scale.comma});
  return fmt::format("{}:{:02}", numbers.between(9, 18), 5 * numbers.between(0, 11));  // hour
}

}  // namespace

std::string fill_in(std::string_view sentence, Style style, Random random, int version) {
  std::string out;
  Random words(random.next());
  while (true) {
    const auto open = sentence.find('{');
    out += sentence.substr(0, open);
    if (open == sentence.npos) return out;
    const auto close = sentence.find('}', open);
    const auto name = sentence.substr(open + 1, close - open - 1);
    if (const auto list = word_list(name, style); !list.empty()) {
      out += words.pick(list);
    } else {
      out += number(name, style, random, version);
    }
    sentence.remove_prefix(close + 1);
  }
}

std::span<const std::string_view> openings(Style style) { return sentences(style).openings; }
std::span<const std::string_view> answers(Style style) { return sentences(style).answers; }
std::span<const std::string_view> captions(Style style) { return sentences(style).captions; }

const Headline& headline(Style style, Random& random) { return random.pick(headlines(style)); }
const Question& question(Style style, Random& random) { return random.pick(questions(style)); }

}  // namespace tg::demo::detail
