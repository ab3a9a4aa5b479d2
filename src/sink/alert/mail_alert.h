#pragma once
// Sends by mail what a rule matched, at most one mail so often: it holds all that matched since the last one. What is
// to be in it waits in the journal, so nothing is lost over a crash; at worst a mail comes twice.
//
//   events ──▶ the mail is due? ── no ──▶ later
//                    └ yes ──▶ all matches up to the journal's end ──▶ one mail ──▶ events up to there are done

#include <chrono>

#include "journal/journal.h"
#include "sink/alert/mail_server.h"
#include "sink/rule_events.h"
#include "sink/sink.h"

namespace tg::sink {

class MailAlert : public Sink {
 public:
  // `to`: an address. The journal must outlive it.
  MailAlert(std::string name, RuleEvents events, journal::Journal& journal, MailServer server, std::string to,
            std::chrono::seconds every);

  const std::string& name() const override { return name_; }
  bool wants(const model::Event& event) const override { return events_.call_for(event); }
  Result<Resume> open(const std::stop_token&) override { return Resume{}; }
  Delivery deliver(std::span<const model::Event> events, const std::stop_token& stop) override;
  // At once, in a mail of its own.
  Delivery redeliver(const model::Event& event, const std::stop_token& stop) override;
  void close() override {}

 private:
  // What one mail tells.
  struct Matches {
    std::size_t count = 0;
    std::string text;       // of the first ones
    std::string first_key;  // of an event
    model::Seq last;        // there is no other up to here

    void add(const model::Event& event);
  };

  Result<Matches> gather(model::Seq first, const std::stop_token& stop) const;
  Result<void> tell(const Matches& matches, const std::stop_token& stop) const;

  const std::string name_;
  const RuleEvents events_;
  journal::Journal& journal_;
  const MailServer server_;
  const std::string to_;
  const std::chrono::seconds every_;
  std::chrono::steady_clock::time_point next_{};
  model::Seq told_;                     // the last mail was of everything up to here
  std::optional<std::string> refusal_;  // why the server did not take it
};

}  // namespace tg::sink
