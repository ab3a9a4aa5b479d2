#include "telegram_gateway/counters.h"

#include <charconv>

namespace telegram_gateway {
namespace {

std::string number(double value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof(text), value);
  return {text, end.ptr};
}

class Text {
 public:
  explicit Text(std::string_view consumer) {
    label_ = "consumer=\"";
    for (const char c : consumer) {
      if (c == '"' || c == '\\') label_ += '\\';
      c == '\n' ? label_ += "\\n" : label_ += c;
    }
    label_ += '"';
  }

  void counter(const char* name, const char* help, std::uint64_t value) {
    one(std::string(name) + "_total", "counter", help, value);
  }
  void gauge(const char* name, const char* help, std::uint64_t value) { one(name, "gauge", help, value); }

  void histogram(const char* name, const char* help, const Histogram& histogram) {
    const std::string full = head(name, "histogram", help);
    std::uint64_t up_to = 0;
    for (std::size_t i = 0; i < Histogram::kBounds.size(); ++i) {
      up_to += histogram.counts[i];
      bucket(full, number(Histogram::kBounds[i]), up_to);
    }
    bucket(full, "+Inf", histogram.count);
    out += full + "_sum{" + label_ + "} " + number(histogram.sum) + "\n";
    out += full + "_count{" + label_ + "} " + std::to_string(histogram.count) + "\n";
  }

  std::string out;

 private:
  std::string head(const std::string& name, const char* type, const char* help) {
    std::string full = "telegram_gateway_consumer_" + name;
    out += "# HELP " + full + " " + help + "\n# TYPE " + full + " " + type + "\n";
    return full;
  }
  void one(const std::string& name, const char* type, const char* help, std::uint64_t value) {
    const std::string full = head(name, type, help);
    out += full + "{" + label_ + "} " + std::to_string(value) + "\n";
  }
  void bucket(const std::string& full, const std::string& bound, std::uint64_t count) {
    out += full + "_bucket{" + label_ + ",le=\"" + bound + "\"} " + std::to_string(count) + "\n";
  }

  std::string label_;
};

}  // namespace

void Histogram::add(double seconds) {
  std::size_t place = 0;
  while (place < kBounds.size() && seconds > kBounds[place]) ++place;
  ++counts[place];
  ++count;
  sum += seconds;
}

std::string to_prometheus(const Counters& c, std::string_view consumer) {
  Text text(consumer);
  text.counter("received", "Copies of messages taken from the cache, the gateway and the queue.", c.received);
  text.counter("delivered", "Messages that the handler did.", c.delivered);
  text.counter("failed", "Messages that the handler refused, or did not do in all its tries.", c.failed);
  text.counter("duplicates", "Copies of what was done before.", c.duplicates);
  text.counter("skipped", "Edits and deletions that were not asked for.", c.skipped);
  text.counter("returned", "Messages that went back unhandled.", c.returned);
  text.gauge("in_hand", "Messages that wait for the handler or are with it.", c.in_hand);
  text.counter("retries", "Times that a message came again because the handler could not do it.", c.retries);
  text.counter("cache_hits", "Polls that the cache answered.", c.hits);
  text.counter("cache_misses", "Polls that the cache could not answer with proof.", c.misses);
  text.counter("fallbacks", "Polls that went to the gateway because the cache or the queue was gone.", c.fallbacks);
  text.counter("gateway_polls", "Polls that the gateway answered.", c.polls);
  text.counter("errors", "Failed calls of the gateway, the cache and the broker.", c.errors);
  text.gauge("marks_waiting", "Messages that are done and not yet marked at the gateway.", c.marks_waiting);
  text.gauge("gateway_up", "1 while calls of the gateway succeed.", c.gateway_up ? 1 : 0);
  text.gauge("cache_up", "1 while calls of Redis succeed.", c.cache_up ? 1 : 0);
  text.gauge("queue_up", "1 while the broker is connected.", c.queue_up ? 1 : 0);
  text.histogram("handling_seconds", "Time that the handler took.", c.handling);
  text.histogram("lag_seconds", "From when the gateway had a message until the handler got it.", c.lag);
  return std::move(text.out);
}

}  // namespace telegram_gateway
