#pragma once
// The options of the example on its command line; each takes a value.

#include <functional>
#include <map>
#include <stdexcept>
#include <string>

#include "telegram_gateway/consumer.h"

namespace example {

using Take = std::function<void(const std::string&)>;

// host:port → both
inline void take_address(const std::string& text, std::string& host, int& port) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) throw std::invalid_argument("\"" + text + "\" is no HOST:PORT");
  host = text.substr(0, colon);
  port = std::stoi(text.substr(colon + 1));
}

inline telegram_gateway::Mode mode_of(const std::string& name) {
  if (name == "polling") return telegram_gateway::Mode::polling;
  if (name == "queue") return telegram_gateway::Mode::queue;
  if (name == "hybrid") return telegram_gateway::Mode::hybrid;
  throw std::invalid_argument("--mode is polling, queue or hybrid");
}

// `more`: options beside those of the library. Throws std::invalid_argument.
inline telegram_gateway::Options read_arguments(int count, char** words, std::map<std::string, Take> more = {}) {
  telegram_gateway::Options options;
  const auto redis = [&options]() -> telegram_gateway::Redis& {
    if (!options.redis) options.redis.emplace();
    return *options.redis;
  };
  const auto rabbitmq = [&options]() -> telegram_gateway::Rabbitmq& {
    if (!options.rabbitmq) options.rabbitmq.emplace();
    return *options.rabbitmq;
  };
  const auto ms = [](const std::string& text) { return std::chrono::milliseconds(std::stol(text)); };
  more.merge(std::map<std::string, Take>{
      {"--name", [&](const auto& text) { options.name = text; }},
      {"--channel", [&](const auto& text) { options.channels.push_back(std::stoll(text)); }},
      {"--mode", [&](const auto& text) { options.mode = mode_of(text); }},
      {"--gateway", [&](const auto& text) { options.gateway_url = text; }},
      {"--token-file", [&](const auto& text) { options.token_file = text; }},
      {"--poll-every-ms", [&](const auto& text) { options.poll_every = ms(text); }},
      {"--backup-poll-every-ms", [&](const auto& text) { options.backup_poll_every = ms(text); }},
      {"--stop-within-ms", [&](const auto& text) { options.stop_within = ms(text); }},
      {"--sentinel", [&](const auto& text) { redis().sentinels.push_back(text); }},
      {"--redis", [&](const auto& text) { redis().address = text; }},
      {"--redis-password-file", [&](const auto& text) { redis().password_file = text; }},
      {"--rabbitmq", [&](const auto& text) { take_address(text, rabbitmq().host, rabbitmq().port); }},
      {"--rabbitmq-password-file", [&](const auto& text) { rabbitmq().password_file = text; }},
  });
  for (int i = 1; i < count; i += 2) {
    const auto option = more.find(words[i]);
    if (option == more.end() || i + 1 == count) {
      std::string known;
      for (const auto& [name, take] : more) known += " " + name;
      throw std::invalid_argument(std::string(words[i]) + " is unknown or has no value; there are:" + known);
    }
    try {
      option->second(words[i + 1]);
    } catch (const std::logic_error& wrong) {  // std::stoi says no more than its own name
      const std::string why = wrong.what();
      if (why.rfind("sto", 0) != 0) throw;
      throw std::invalid_argument(std::string(words[i]) + " takes a number, not " + words[i + 1]);
    }
  }
  return options;
}

}  // namespace example
