#include "api/access/guard.h"

namespace tg::api {

std::string host_name(std::string_view host) {
  if (host.starts_with('[')) {
    host = host.substr(1, std::min(host.find(']'), host.size()) - 1);
  } else if (std::count(host.begin(), host.end(), ':') == 1) {
    host = host.substr(0, host.find(':'));
  }
  std::string name(host);
  for (auto& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return name;
}

Guard::Guard(const Options& options) : any_host_(options.auth.require_token), origins_(options.server.cors_origins) {
  for (const auto& host : options.server.allowed_hosts) hosts_.push_back(host_name(host));
  hosts_.push_back(host_name(options.server.host));
}

bool Guard::host_allowed(const Request& request) const {
  if (any_host_) return true;
  const auto host = request.header("host");
  // Browsers always send it; a caller of HTTP/1.0 without one is none.
  if (host.empty()) return request.version < 11;
  const auto name = host_name(host);
  if (config::is_loopback(name) || name.ends_with(".localhost")) return true;
  return std::find(hosts_.begin(), hosts_.end(), name) != hosts_.end();
}

bool Guard::write_allowed(const Request& request) const {
  const auto origin = request.header("origin");
  if (origin.empty()) return request.header("sec-fetch-site") != "cross-site";
  if (cors_allowed(origin)) return true;
  const auto scheme = origin.find("://");
  return scheme != std::string_view::npos && !request.header("host").empty() &&
         origin.substr(scheme + 3) == request.header("host");
}

bool Guard::cors_allowed(std::string_view origin) const {
  return !origin.empty() && std::find(origins_.begin(), origins_.end(), origin) != origins_.end();
}

}  // namespace tg::api
