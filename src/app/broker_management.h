#pragma once
// RabbitMQ's management API, where the configuration names one: what AMQP itself does not tell.

#include <filesystem>
#include <string>
#include <vector>

#include "config/config.h"
#include "model/result.h"

namespace tg::app {

// Everything that is defined at the broker, with hashes of its users' passwords, as its own import takes it.
Result<void> write_definitions(const config::Rabbitmq& config, const std::filesystem::path& to);

// What makes the broker take nothing from publishers, in its own words; empty = nothing does.
Result<std::vector<std::string>> broker_alarms(const config::Rabbitmq& config);

}  // namespace tg::app
