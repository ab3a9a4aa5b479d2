// Prints what a Telegram Gateway has for this consumer, a message a line, until SIGTERM or SIGINT.
//
//   telegram-gateway-consumer --name desk --channel -1001487851422 [OPTION VALUE]...

#include <csignal>
#include <cstdlib>
#include <iostream>

#include "arguments.h"

namespace {

telegram_gateway::Consumer* running = nullptr;

telegram_gateway::Outcome print(const telegram_gateway::Message& message) {
  const auto first_line = message.text.substr(0, message.text.find('\n'));
  std::cout << message.channel << '\t' << message.id << '\t' << first_line << std::endl;
  return std::cout ? telegram_gateway::Outcome::done : telegram_gateway::Outcome::retry;
}

}  // namespace

int main(int count, char** words) {
  try {
    const auto options = example::read_arguments(count, words);
    telegram_gateway::Consumer consumer(options, print);
    running = &consumer;
    for (const int signal : {SIGTERM, SIGINT}) std::signal(signal, [](int) { running->stop(); });
    const bool finished = consumer.run();
    std::cerr << telegram_gateway::to_prometheus(consumer.counters(), options.name);
    return finished ? EXIT_SUCCESS : EXIT_FAILURE;
  } catch (const std::exception& wrong) {
    std::cerr << wrong.what() << '\n';
    return 2;
  }
}
