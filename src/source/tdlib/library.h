#pragma once
// libtdjson.so, loaded at run time: the program starts, and says what to do, without it. Its C interface is
// td_json_client.h of TDLib. A loaded library stays until the process ends: its threads must not lose their code.

#include <cstdint>
#include <memory>
#include <string>

#include "model/result.h"

namespace tg::tdlib {

class Library {
 public:
  // `path`: a file, or a bare name that the system's loader looks for. unavailable with what to do, where it is not
  // there or no TDLib. TDLib's own log, which may quote
  // messages, is switched off, but for what ends the process.
  static Result<std::unique_ptr<Library>> load(const std::string& path);

  int create_client() const { return create_client_(); }
  void send(int client, const std::string& query) const { send_(client, query.c_str()); }  // any thread
  std::string execute(const std::string& query) const;                                     // any thread; "" = nothing

  // The next update or answer, or "" after `seconds`. From one thread only.
  std::string receive(double seconds) const;

  const std::string& version() const { return version_; }  // e.g. 1.8.62

 private:
  Library() = default;

  int (*create_client_)() = nullptr;
  void (*send_)(int, const char*) = nullptr;
  const char* (*receive_)(double) = nullptr;
  const char* (*execute_)(const char*) = nullptr;
  std::string version_;
};

}  // namespace tg::tdlib
