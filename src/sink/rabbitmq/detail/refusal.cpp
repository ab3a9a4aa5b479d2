#include "sink/rabbitmq/detail/refusal.h"

#include <amqp.h>
#include <fmt/format.h>

namespace tg::sink::rabbitmq {
namespace {

struct Advice {
  Code code;
  std::string fix;
};

Advice advice(const Server& server, const Closed& closed) {
  const bool sign_in = closed.text.find("Login was refused") != std::string::npos;
  switch (closed.code) {
    case AMQP_ACCESS_REFUSED:
      if (sign_in) {
        return {Code::permission, fmt::format("Check rabbitmq.user and what is in rabbitmq.password_file (rabbitmqctl "
                                              "authenticate_user {})",
                                              server.user)};
      }
      return {Code::permission,
              fmt::format(R"(Run: rabbitmqctl set_permissions -p {} {} '^telegram\.' '^telegram\.' '^telegram\.')",
                          server.vhost, server.user)};
    case AMQP_NOT_ALLOWED:
      if (closed.text.find("not found") != std::string::npos) {
        return {Code::not_found, fmt::format("Run: rabbitmqctl add_vhost {}; or change rabbitmq.vhost", server.vhost)};
      }
      return {Code::permission,
              fmt::format(R"(Run: rabbitmqctl set_permissions -p {} {} '^telegram\.' '^telegram\.' '^telegram\.')",
                          server.vhost, server.user)};
    case AMQP_PRECONDITION_FAILED:
      return {Code::conflict,
              fmt::format("It was made with other arguments, by an earlier rabbitmq.queue_type or by hand. Set the "
                          "configuration back, or delete it when its messages are handled, and it is made anew: "
                          "rabbitmqctl delete_queue -p {} NAME (an exchange: in the management pages)",
                          server.vhost)};
    case AMQP_CONNECTION_FORCED: return {Code::unavailable, ""};
    case AMQP_RESOURCE_ERROR: return {Code::unavailable, "Raise the limit that it names, or remove what is not needed"};
    default: return {Code::unavailable, ""};
  }
}

}  // namespace

Error refusal(const Server& server, const std::string& doing, const Closed& closed) {
  auto [code, fix] = advice(server, closed);
  return {code, fmt::format("{}: {}: {} ({})", address(server), doing, closed.text, closed.code), std::move(fix)};
}

std::optional<std::size_t> too_large(const Closed& closed) {
  if (closed.code != AMQP_PRECONDITION_FAILED || closed.text.find("message size") == std::string::npos) {
    return std::nullopt;
  }
  const auto last = closed.text.find_last_of("0123456789");
  if (last == std::string::npos) return 0;
  const auto before = closed.text.find_last_not_of("0123456789", last);
  const auto first = before == std::string::npos ? 0 : before + 1;
  const auto most = model::parse_int(closed.text.substr(first, last - first + 1));
  return most ? static_cast<std::size_t>(*most) : 0;
}

std::string address(const Server& server) { return fmt::format("RabbitMQ at {}:{}", server.host, server.port); }

}  // namespace tg::sink::rabbitmq
