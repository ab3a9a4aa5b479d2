// The dashboard's files, the root, and the document that describes all of this.
#include <boost/json/serialize.hpp>

#include "api/cache.h"
#include "api/routes/common.h"

namespace tg::api {
namespace json = boost::json;
namespace {

constexpr std::string_view kUiPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; connect-src "
    "'self'; "
    "media-src 'self' blob:; manifest-src 'self'; worker-src 'self'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors "
    "'none'; require-trusted-types-for 'script'; trusted-types sw";

constexpr std::string_view kWithoutDashboard =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Telegram Gateway</title>"
    "<h1>Telegram Gateway</h1><p>This program was built without its dashboard. The API works as usual: see "
    "<a href=\"../api/openapi.json\">api/openapi.json</a>.</p><p>To have the dashboard, install Node.js 18 or newer "
    "and build "
    "with <code>cmake -DTG_DASHBOARD=ON</code>.</p></html>\n";

bool takes_gzip(const Request& request) {
  auto rest = request.header("accept-encoding");
  while (!rest.empty()) {
    const auto end = std::min(rest.find(','), rest.size());
    auto part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    while (part.starts_with(' ')) part.remove_prefix(1);
    if (!part.starts_with("gzip")) continue;
    const auto weight = part.find("q=");
    return weight == std::string_view::npos ||
           (part.substr(weight + 2) != "0" && !part.substr(weight + 2).starts_with("0.0"));
  }
  return false;
}

Response redirect(std::string_view to) {
  Response response;
  response.status = 302;
  response.add("Location", to);
  return response;
}

Response asset_answer(const Request& request, const Asset& asset) {
  Response response;
  response.add("Content-Type", asset.mime).add("ETag", asset.etag).add("Content-Security-Policy", kUiPolicy);
  response.add("Cache-Control", asset.immutable ? "public, max-age=31536000, immutable" : "no-cache");
  if (!asset.gzip.empty()) response.add("Vary", "Accept-Encoding");
  if (matches(request.header("if-none-match"), asset.etag)) {
    response.status = 304;
    return response;
  }
  const bool packed = !asset.gzip.empty() && takes_gzip(request);
  if (packed) response.add("Content-Encoding", "gzip");
  response.body = Bytes::constant(packed ? asset.gzip : asset.bytes);
  return response;
}

// The page itself. Behind a proxy that adds a prefix its <base> follows X-Forwarded-Prefix.
Response page_answer(const Request& request, const Asset& page) {
  auto prefix = std::string(request.header("x-forwarded-prefix"));
  while (prefix.ends_with('/')) prefix.pop_back();
  const bool plain =
      prefix.starts_with('/') && prefix.size() < 200 && std::all_of(prefix.begin(), prefix.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '/' || c == '-' || c == '_' || c == '.';
      });
  if (!plain || prefix.starts_with("//")) return asset_answer(request, page);
  std::string text(page.bytes);
  constexpr std::string_view kBase = "<base href=\"/ui/\">";
  if (const auto at = text.find(kBase); at != std::string::npos) {
    text.replace(at, kBase.size(), "<base href=\"" + prefix + "/ui/\">");
  }
  auto response = with_body(200, page.mime, std::move(text));
  response.add("Cache-Control", "no-store").add("Content-Security-Policy", kUiPolicy);
  return response;
}

Response ui(const Request& request, Context& context) {
  const auto& assets = context.parts.assets;
  const auto path = unescape(request.parameters[0]);
  if (assets.empty()) {
    auto response = with_body(200, "text/html; charset=utf-8", std::string(kWithoutDashboard));
    response.add("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        .add("Cache-Control", "no-cache");
    return response;
  }
  if (const auto* asset = assets.find(path); asset && path != "index.html") return asset_answer(request, *asset);
  // An old page asks for a file that a newer program does not have: 404, never the page in its place.
  const auto* page = assets.find("index.html");
  if (path.starts_with("assets/") || path.starts_with("icons/") || !page) {
    return failure(404, "not_found", "there is no such file; reload the page");
  }
  return page_answer(request, *page);
}

Response to_ui(const Request&, Context&) { return redirect("ui/"); }

Response root(const Request& request, Context& context) {
  if (request.header("accept").find("text/html") != std::string_view::npos) return redirect("ui/");
  return with_body(200, kJson,
                   json::serialize(json::object{{"success", true},
                                                {"name", "telegram-gateway"},
                                                {"version", context.options.version},
                                                {"dashboard", "/ui/"},
                                                {"openapi", "/api/openapi.json"},
                                                {"health", "/health"}}));
}

Response document(const Request&, Context& context) {
  auto response = with_body(200, kJson, openapi_document(context.options.version));
  response.validity = Context::valid_for(3'600'000);
  return response;
}

}  // namespace

std::vector<Route> ui_routes() {
  const auto one = [](std::string_view pattern, auto handler, std::string_view operation, std::string_view summary) {
    return Route{.method = Method::get,
                 .pattern = pattern,
                 .access = Access::open,
                 .where = Where::now,
                 .handler = handler,
                 .operation = operation,
                 .tag = "dashboard",
                 .summary = summary};
  };
  auto home = one("/", root, "root", "Browsers go to the dashboard, others are told what this is");
  home.schema = "=Root";
  auto files = one("/ui/{path...}", ui, "ui", "The dashboard's files");
  files.schema = "=Text";
  files.type = "text/html";
  files.parameters = {{"path", "string", "a file, or a page of the dashboard", "path", true}};
  auto short_path = one("/ui", to_ui, "ui_redirect", "To /ui/");
  short_path.hidden = true;
  auto openapi = one("/api/openapi.json", document, "openapi", "This document");
  openapi.schema = "=Document";
  return {std::move(home), std::move(short_path), std::move(files), std::move(openapi)};
}

}  // namespace tg::api
