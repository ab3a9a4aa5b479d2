#pragma once
// The gateway that runs on a data folder, asked over its API: it holds the journal's lock and the accounts' folders, so
// what changes them goes through it.

#include <boost/json/object.hpp>
#include <chrono>
#include <string>
#include <string_view>

#include "config/config.h"
#include "model/result.h"

namespace tg::cli {

class RunningGateway {
 public:
  // unavailable where none runs. The token: of `token_file`; else of the first [[auth.tokens]] with the scope admin
  // whose token_file this user can read; else none.
  static Result<RunningGateway> find(const config::Config& config, const std::string& token_file);

  // A whole answer without an envelope, also one that says 503: /health and its like.
  Result<boost::json::object> look(std::string_view path) const;

  // The answer's `data`.
  Result<boost::json::value> call(std::string_view method, std::string_view path, const boost::json::object& body = {},
                                  std::chrono::seconds patience = std::chrono::minutes(2)) const;

 private:
  RunningGateway() = default;
  std::string place() const;  // HOST:PORT

  std::string host_, port_, token_;
};

}  // namespace tg::cli
