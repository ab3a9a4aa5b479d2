#include "source/tdlib/library.h"

#include <dlfcn.h>

#include <boost/json/parse.hpp>

#include "observe/log.h"

namespace tg::tdlib {
namespace {

template <class Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

// After this it ends the process.
void log_fatal(int, const char* message) { observe::error("tdlib_fatal", {{"message", message}}); }

}  // namespace

Result<std::unique_ptr<Library>> Library::load(const std::string& path) {
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    return Error{Code::unavailable, fmt::format("TDLib could not be loaded: {}", dlerror()),
                 "Set telegram.library to the path of libtdjson.so (TDLib 1.8.62 or newer)"};
  }
  std::unique_ptr<Library> library(new Library);
  if (!find(handle, "td_create_client_id", library->create_client_) || !find(handle, "td_send", library->send_) ||
      !find(handle, "td_receive", library->receive_) || !find(handle, "td_execute", library->execute_)) {
    return Error{Code::unavailable, fmt::format("{} is no TDLib: it lacks td_send", path),
                 "Set telegram.library to the path of libtdjson.so"};
  }
  (void)library->execute(R"({"@type":"setLogVerbosityLevel","new_verbosity_level":1})");
  void (*set_log)(int, void (*)(int, const char*)) = nullptr;
  if (find(handle, "td_set_log_message_callback", set_log)) {
    set_log(0, log_fatal);
    (void)library->execute(R"({"@type":"setLogStream","log_stream":{"@type":"logStreamEmpty"}})");
  }
  boost::system::error_code ec;
  const auto option = boost::json::parse(library->execute(R"({"@type":"getOption","name":"version"})"), ec);
  const auto* object = ec ? nullptr : option.if_object();
  const auto* value = object ? object->if_contains("value") : nullptr;
  if (value && value->is_string()) library->version_ = value->as_string();
  return library;
}

std::string Library::execute(const std::string& query) const {
  const char* answer = execute_(query.c_str());
  return answer ? answer : "";
}

std::string Library::receive(double seconds) const {
  const char* news = receive_(seconds);
  return news ? news : "";
}

}  // namespace tg::tdlib
