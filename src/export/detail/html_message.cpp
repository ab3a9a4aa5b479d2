#include "export/detail/html_message.h"

#include "export/detail/html_text.h"
#include "model/message_json.h"

namespace tg::exporting::detail {
namespace {

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";

std::string picture(const model::Media& media) {
  // Only what is base64 gets into the attribute.
  if (media.miniature.empty() || media.miniature.find_first_not_of(kBase64) != std::string::npos) return {};
  return fmt::format(R"(<img src="data:image/jpeg;base64,{}" alt="" width="320">)", media.miniature);
}

std::string media_html(const model::Message& m) {
  if (m.media.type == model::MediaType::none || m.media.type == model::MediaType::poll) return {};
  std::string label(model::name_of(m.media.type));
  if (!m.media.file_name.empty()) label += " · " + m.media.file_name;
  if (m.media.duration_s > 0) label += fmt::format(" · {}:{:02}", m.media.duration_s / 60, m.media.duration_s % 60);
  if (m.media.size > 0) label += fmt::format(" · {:.1f} MB", static_cast<double>(m.media.size) / 1e6);
  return fmt::format("<figure>{}<figcaption>{}</figcaption></figure>", picture(m.media), escape_html(label));
}

std::string reply_html(const model::Reply& reply, const std::function<bool(model::MessageId)>& on_page) {
  const bool here = !reply.peer && on_page(reply.message);
  std::string to = fmt::format("#{}", reply.message.value);
  if (here) to = fmt::format("<a href=\"#m{}\">{}</a>", reply.message.value, to);
  return fmt::format("<blockquote dir=\"auto\">{} <b>{}</b> {}</blockquote>", to, escape_html(reply.sender),
                     escape_html(reply.text));
}

std::string poll_html(const model::Poll& poll) {
  std::string out = fmt::format("<div class=\"poll\"><b dir=\"auto\">{}</b><ul>", escape_html(poll.question));
  for (const auto& option : poll.options) {
    out += fmt::format("<li dir=\"auto\">{} · {}</li>", escape_html(option.text), option.voters);
  }
  return out + fmt::format("</ul>{} votes{}</div>", poll.total_voters, poll.closed ? ", closed" : "");
}

std::string link_html(const model::LinkPreview& link) {
  const auto address = safe_address(link.url);
  std::string title = escape_html(link.title.empty() ? link.url : link.title);
  if (!address.empty()) {
    title = fmt::format("<a href=\"{}\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">{}</a>",
                        escape_html(address), title);
  }
  return fmt::format("<div class=\"link\"><small>{}</small>{}<p>{}</p></div>", escape_html(link.site_name), title,
                     escape_html(link.description));
}

std::string footer(const store::Row& row) {
  const auto& m = row.message;
  std::string out = fmt::format("<footer><a href=\"#m{0}\">#{0}</a>", m.key.message.value);
  if (m.counters.views > 0) out += fmt::format(" · {} {}", m.counters.views, m.counters.views == 1 ? "view" : "views");
  for (const auto& reaction : m.counters.reactions)
    out += fmt::format(" · {} {}", escape_html(reaction.emoji), reaction.count);
  if (row.versions > 1) out += fmt::format(" · {} versions", row.versions);
  return out + "</footer>";
}

}  // namespace

std::string readable(model::Time time) {
  const auto text = model::to_rfc3339(time);
  return fmt::format("{} {} UTC", text.substr(0, 10), text.substr(11, 5));
}

std::string message_html(const store::Row& row, const std::function<bool(model::MessageId)>& on_page) {
  const auto& m = row.message;
  std::string out = fmt::format("<article id=\"m{}\"{}><header><b dir=\"auto\">{}</b> <time datetime=\"{}\">{}</time>",
                                m.key.message.value, row.deleted_at ? " class=\"deleted\"" : "",
                                escape_html(m.sender.empty() ? row.chat_title : m.sender), model::to_rfc3339(m.date),
                                readable(m.date));
  if (!row.topic_title.empty()) out += fmt::format(" <small dir=\"auto\">{}</small>", escape_html(row.topic_title));
  if (m.edit_date) out += fmt::format(" <small>edited {}</small>", readable(m.edit_date));
  if (row.deleted_at) out += fmt::format(" <small>deleted {}</small>", readable(row.deleted_at));
  out += "</header>";
  if (!m.service.empty()) out += fmt::format("<p class=\"service\">{}</p>", escape_html(m.service));
  if (m.forward) out += fmt::format("<p class=\"forward\">forwarded from {}</p>", escape_html(m.forward->name));
  if (m.reply) out += reply_html(*m.reply, on_page);
  out += media_html(m);
  if (!m.text.empty())
    out += fmt::format("<div class=\"text\" dir=\"auto\">{}</div>", formatted_html(m.text, m.entities));
  if (m.poll) out += poll_html(*m.poll);
  if (m.link_preview) out += link_html(*m.link_preview);
  return out + footer(row) + "</article>\n";
}

}  // namespace tg::exporting::detail
