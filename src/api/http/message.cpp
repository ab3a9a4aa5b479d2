#include "api/http/message.h"

namespace tg::api {
namespace {

bool equals_lower(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c) != lower[i]) return false;
  }
  return true;
}

}  // namespace

std::string_view Request::query() const {
  const auto all = target();
  return path_size_ < all.size() ? all.substr(path_size_ + 1) : std::string_view{};
}

std::string_view Request::header(std::string_view name) const {
  for (const auto& field : fields_) {
    if (field.name_size == name.size() && equals_lower({text_.data() + field.name, field.name_size}, name)) {
      return {text_.data() + field.value, field.value_size};
    }
  }
  return {};
}

void Request::clear() {
  method = Method::other;
  version = 11;
  keep_alive = true;
  route = 0;
  parameters = {};
  scopes = 0;
  by_cookie = false;
  token = 0;
  target_size_ = path_size_ = 0;
  text_.clear();
  fields_.clear();
  drop_body();
}

void Request::drop_body() {
  if (body.capacity() > 4'096) std::string{}.swap(body);
  body.clear();
}

void Request::set_target(std::string_view target) {
  // The absolute form (RFC 9112, 3.2.2) is for proxies; what counts is the path.
  if (target.starts_with("http://") || target.starts_with("https://")) {
    const auto slash = target.find('/', target.find("//") + 2);
    target = slash == std::string_view::npos ? "/" : target.substr(slash);
  }
  target = target.substr(0, target.find('#'));
  text_.insert(0, target);
  target_size_ = target.size();
  path_size_ = std::min(target.find('?'), target.size());
}

void Request::set_query(std::string_view query) {
  target_size_ = path_size_;
  if (query.empty()) return;
  text_[path_size_] = '?';
  std::copy(query.begin(), query.end(), text_.begin() + static_cast<std::ptrdiff_t>(path_size_ + 1));
  target_size_ += 1 + query.size();
}

void Request::add_header(std::string_view name, std::string_view value) {
  const auto at = static_cast<std::uint32_t>(text_.size());
  text_.append(name).append(value);
  fields_.push_back({at, static_cast<std::uint32_t>(name.size()), at + static_cast<std::uint32_t>(name.size()),
                     static_cast<std::uint32_t>(value.size())});
}

void Response::clear() {
  status = 200;
  headers.clear();
  body = {};
  close = false;
  validity = {};
  counted = false;
  stream.reset();
  poll.reset();
}

Response& Response::add(std::string_view name, std::string_view value) {
  headers.append(name).append(": ");
  for (const char c : value) {
    if (c != '\r' && c != '\n' && c != '\0') headers.push_back(c);
  }
  headers.append("\r\n");
  return *this;
}

std::string_view reason_of(int status) {
  switch (status) {
    case 100: return "Continue";
    case 200: return "OK";
    case 201: return "Created";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 302: return "Found";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 507: return "Insufficient Storage";
    default: return "Unknown";
  }
}

}  // namespace tg::api
