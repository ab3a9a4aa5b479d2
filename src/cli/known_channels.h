#pragma once
// The channels of the gateway that runs, as people name them at the command line.

#include <string>
#include <vector>

#include "cli/running_gateway.h"

namespace tg::cli {

class KnownChannels {
 public:
  struct Channel {
    std::string id, title, label, username;  // the username without @; empty = it has none
  };

  static Result<KnownChannels> of(const RunningGateway& gateway);
  explicit KnownChannels(std::vector<Channel> channels) : channels_(std::move(channels)) {}

  // By id, @name, link, title or label, without regard to case. not_found names the nearest; invalid_input where
  // several have this title.
  Result<Channel> find(const std::string& written) const;

 private:
  std::vector<Channel> channels_;
};

}  // namespace tg::cli
