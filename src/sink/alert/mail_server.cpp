#include "sink/alert/mail_server.h"

#include <curl/curl.h>
#include <fmt/chrono.h>
#include <openssl/evp.h>

#include <cstring>

#include "config/config.h"
#include "model/ids.h"

namespace tg::sink {
namespace {

constexpr long kPatienceMs = 9'000;
constexpr std::size_t kLine = 57;         // bytes that fill a line of base64 (RFC 2045: 76 characters)
constexpr std::size_t kEncodedWord = 42;  // bytes of text in one encoded word (RFC 2047: 75 characters)

std::string base64(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3), '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  return out;
}

// In words of ASCII; a character is never cut.
std::string encoded(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    auto end = std::min(text.size(), at + kEncodedWord);
    while (end < text.size() && end > at + 1 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    out += fmt::format("{}=?UTF-8?B?{}?=", out.empty() ? "" : "\r\n ", base64(text.substr(at, end - at)));
    at = end;
  }
  return out;
}

std::string date_now() {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%a, %d %b %Y %H:%M:%S} +0000", fmt::gmtime(now));
}

struct Upload {
  const std::string& text;
  const std::stop_token& stop;
  std::size_t at = 0;

  static std::size_t read(char* into, std::size_t size, std::size_t count, void* self) {
    auto& upload = *static_cast<Upload*>(self);
    const auto part = std::min(size * count, upload.text.size() - upload.at);
    std::memcpy(into, upload.text.data() + upload.at, part);
    upload.at += part;
    return part;
  }
  static int look(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Upload*>(self)->stop.stop_requested() ? 1 : 0;
  }
};

std::size_t ignore(char*, std::size_t size, std::size_t count, void*) { return size * count; }

}  // namespace

std::string written(const MailServer& server, const Mail& mail) {
  const auto domain = server.from.substr(server.from.find('@') + 1);
  std::string text = fmt::format(
      "Date: {}\r\nFrom: <{}>\r\nTo: <{}>\r\nSubject: {}\r\nMessage-ID: <{}@{}>\r\n"
      "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\n",
      date_now(), server.from, mail.to, encoded(mail.subject), config::sha256_hex(mail.id).substr(0, 40), domain);
  for (std::size_t at = 0; at < mail.text.size(); at += kLine) {
    text += base64(std::string_view(mail.text).substr(at, kLine)) + "\r\n";
  }
  return text;
}

Result<void> send(const MailServer& server, const Mail& mail, const std::stop_token& stop) {
  static const auto ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy(curl_easy_init(), &curl_easy_cleanup);
  if (ready != CURLE_OK || !easy) return Error{Code::internal, "libcurl does not start", ""};
  auto* curl = easy.get();
  const auto host = server.host.find(':') == std::string::npos ? server.host : "[" + server.host + "]";
  const auto url = fmt::format("{}://{}:{}", server.tls == "tls" ? "smtps" : "smtp", host, server.port);
  const auto text = written(server, mail);
  const auto from = "<" + server.from + ">", to = "<" + mail.to + ">";
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> recipients(curl_slist_append(nullptr, to.c_str()),
                                                                               &curl_slist_free_all);
  Upload upload{text, stop};
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_USE_SSL, static_cast<long>(server.tls == "none" ? CURLUSESSL_NONE : CURLUSESSL_ALL));
  if (!server.tls_ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, server.tls_ca_file.c_str());
  if (!server.user.empty()) {
    curl_easy_setopt(curl, CURLOPT_USERNAME, server.user.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, server.password.c_str());
  }
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from.c_str());
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, &Upload::read);
  curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &ignore);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &Upload::look);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &upload);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, kPatienceMs);
  const auto outcome = curl_easy_perform(curl);
  if (outcome == CURLE_OK) return {};
  long said = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &said);
  const auto code = said > 0 ? fmt::format(" ({})", said) : std::string();
  const auto what = fmt::format("{}:{}: {}{}", server.host, server.port, curl_easy_strerror(outcome), code);
  // Of the sender or the recipient; a login that is refused is put right by a person.
  if (said >= 550 && said < 560) return Error{Code::invalid_input, what, ""};
  if (outcome == CURLE_LOGIN_DENIED) {
    return Error{Code::permission, what, "Look at smtp.user and the file of smtp.password_file"};
  }
  return Error{Code::unavailable, what, "Look at smtp.host, smtp.port and smtp.tls"};
}

}  // namespace tg::sink
