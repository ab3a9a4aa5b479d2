#include "api/http/parser.h"

#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/verb.hpp>

namespace tg::api {
namespace http = boost::beast::http;
namespace {

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

Method method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get: return Method::get;
    case http::verb::head: return Method::head;
    case http::verb::post: return Method::post;
    case http::verb::put: return Method::put;
    case http::verb::delete_: return Method::delete_;
    case http::verb::options: return Method::options;
    default: return Method::other;
  }
}

}  // namespace

Parser::Parser(Request& request, Reservation& held, std::uint32_t max_header, std::uint64_t max_body)
    : request_(request), held_(held) {
  header_limit(max_header);
  body_limit(max_body);
  eager(true);
}

void Parser::on_request_impl(http::verb method, string_view, string_view target, int version, error_code&) {
  request_.method = method_of(method);
  request_.version = version;
  request_.set_target(view(target));
}

void Parser::on_response_impl(int, string_view, int, error_code&) {}

void Parser::on_field_impl(http::field name, string_view name_text, string_view value, error_code& ec) {
  if (header_done_) return;  // trailers say nothing that is used here
  if (++fields_ > kMaxFields) {
    ec = http::error::header_limit;
    return;
  }
  // Beast takes any other coding for "no body", and what follows would be read as the next request; of two Hosts
  // another program may believe the other one (RFC 9112, 3.2, 6.1, 6.3).
  if (name == http::field::transfer_encoding && (request_.version < 11 || !boost::beast::iequals(value, "chunked"))) {
    ec = http::error::bad_transfer_encoding;
    return;
  }
  if (name == http::field::host && !request_.header("host").empty()) {
    ec = http::error::bad_field;
    return;
  }
  if (name == http::field::expect) wants_continue_ = request_.version >= 11;
  request_.add_header(view(name_text), view(value));
}

void Parser::on_header_impl(error_code&) {
  header_done_ = true;
  request_.keep_alive = keep_alive();
}

void Parser::on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) {}

std::size_t Parser::on_body_impl(string_view body, error_code& ec) {
  if (!held_.grow(request_.body.size() + body.size())) {
    out_of_budget_ = true;
    ec = http::error::body_limit;
    return 0;
  }
  request_.body.append(body.data(), body.size());
  return body.size();
}

void Parser::on_chunk_header_impl(std::uint64_t, string_view, error_code&) {}

std::size_t Parser::on_chunk_body_impl(std::uint64_t, string_view body, error_code& ec) {
  return on_body_impl(body, ec);
}

void Parser::on_finish_impl(error_code&) {}

}  // namespace tg::api
