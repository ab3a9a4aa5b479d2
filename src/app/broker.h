#pragma once
// RabbitMQ as the configuration has it, for the gateway and for the commands that look at it.

#include "config/config.h"
#include "journal/journal.h"
#include "sink/rabbitmq/rabbitmq.h"

namespace tg::app {

// Reads the password's file. What depends on the journal is left open.
Result<sink::rabbitmq::Options> broker_options(const config::Config& config);

// Those that a person added or that have messages.
Result<std::vector<model::ChatId>> channels_for_queues(journal::Journal& journal);

// Publishes what this journal holds, which must outlive it.
Result<std::unique_ptr<sink::Sink>> make_broker(const config::Config& config, journal::Journal& journal);

}  // namespace tg::app
