// A consumer for tests/stack/test_consumer.py: writes each call of its handler as a line "begin ID KIND TRIES", and its
// outcome as "done ID".
//
//   --slow-ms N         the handler takes so long
//   --fail-first N      of every message the first N tries fail
//   --throw-first N     … throw
//   --refuse-every N    every Nth message is refused
//   --handlers N, --tries N, --retry-pause-ms N, --ask-gateway-every N, --changes 1, --counters FILE

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <mutex>
#include <thread>

#include "../example/arguments.h"

namespace {

namespace tgc = telegram_gateway;

tgc::Consumer* running = nullptr;
std::mutex writing;

const char* name_of(tgc::Kind kind) {
  switch (kind) {
    case tgc::Kind::created: return "new";
    case tgc::Kind::edited: return "edited";
    case tgc::Kind::deleted: return "deleted";
    case tgc::Kind::reprocess: return "reprocess";
  }
  return "";
}

void say(const char* what, const tgc::Message& message) {
  const std::scoped_lock lock(writing);
  std::cout << what << ' ' << message.id << ' ' << name_of(message.kind) << ' ' << message.tries << std::endl;
}

int run(int count, char** words) {
  int slow_ms = 0, fail_first = 0, throw_first = 0, refuse_every = 0, handlers = 1, tries = 3, ask = 12, pause = 200;
  bool changes = false;
  std::string counters_file;
  const auto number = [](int& to) { return [&to](const std::string& text) { to = std::stoi(text); }; };
  auto options = example::read_arguments(count, words,
                                         {{"--slow-ms", number(slow_ms)},
                                          {"--fail-first", number(fail_first)},
                                          {"--throw-first", number(throw_first)},
                                          {"--refuse-every", number(refuse_every)},
                                          {"--handlers", number(handlers)},
                                          {"--tries", number(tries)},
                                          {"--ask-gateway-every", number(ask)},
                                          {"--retry-pause-ms", number(pause)},
                                          {"--changes", [&](const auto& text) { changes = text == "1"; }},
                                          {"--counters", [&](const auto& text) { counters_file = text; }}});
  options.handlers = handlers;
  options.tries = tries;
  options.ask_gateway_every = ask;
  options.retry_pause = std::chrono::milliseconds(pause);
  options.changes = changes;

  tgc::Consumer consumer(options, [&](const tgc::Message& message) {
    say("begin", message);
    std::this_thread::sleep_for(std::chrono::milliseconds(slow_ms));
    if (message.tries < throw_first) throw std::runtime_error("as asked");
    if (message.tries < fail_first) return tgc::Outcome::retry;
    if (refuse_every > 0 && message.number % refuse_every == 0) {
      say("refuse", message);
      return tgc::Outcome::refuse;
    }
    say("done", message);
    return tgc::Outcome::done;
  });
  running = &consumer;
  for (const int signal : {SIGTERM, SIGINT}) std::signal(signal, [](int) { running->stop(); });

  std::atomic<bool> ended{false};
  const auto write_counters = [&] {
    if (counters_file.empty()) return;
    std::ofstream(counters_file + ".new") << tgc::to_prometheus(consumer.counters(), options.name);
    std::rename((counters_file + ".new").c_str(), counters_file.c_str());
  };
  std::thread counting([&] {
    while (!ended) {
      write_counters();
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  });
  const bool finished = consumer.run();
  ended = true;
  counting.join();
  write_counters();
  return finished ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace

int main(int count, char** words) {
  try {
    return run(count, words);
  } catch (const std::exception& wrong) {
    std::cerr << wrong.what() << '\n';
    return 2;
  }
}
