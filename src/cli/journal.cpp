#include <unistd.h>

#include <iostream>

#include "cli/command.h"
#include "journal/upkeep.h"
#include "pipeline/verify.h"

namespace tg::cli {
namespace {

int show_stats(const Common& common) {
  const auto config = load_config(common);
  if (!config) return kUsage;
  auto journal = journal::Journal::open(config->data_dir, journal::Access::read);
  if (!journal) return fail(journal.error());
  const auto s = journal::stats(**journal);
  if (!s) return fail(s.error());
  if (common.json) {
    boost::json::array cursors;
    for (const auto& cursor : s->cursors) {
      cursors.push_back(
          boost::json::object{{"name", cursor.name}, {"seq", cursor.seq.value}, {"required", cursor.required}});
    }
    print(boost::json::object{{"journalId", s->id},
                              {"bytes", s->bytes},
                              {"freeBytes", s->free_bytes},
                              {"oldest", s->oldest.value},
                              {"head", s->head.value},
                              {"events", s->events},
                              {"messages", s->heads},
                              {"versions", s->versions},
                              {"chats", s->chats},
                              {"quarantined", s->quarantined},
                              {"acknowledged", s->acks},
                              {"cursors", cursors}});
    return kDone;
  }
  print(Table{{"", ""},
              {},
              {{"file", (*journal)->file().string()},
               {"journal", s->id + ", made " + local_time(s->created_at)},
               {"size", grouped(s->bytes >> 10) + " KiB, of which " + grouped(s->free_bytes >> 10) + " KiB are free"},
               {"events", grouped(s->events) + fmt::format(" (seq {} – {})", s->oldest.value, s->head.value)},
               {"messages", grouped(s->heads)},
               {"chats", grouped(s->chats)},
               {"acknowledged", grouped(s->acks)},
               {"set aside", grouped(s->quarantined)}}});
  if (!s->cursors.empty()) {
    Table table{{"reader", "seq", "behind", "required"}, {false, true, true}, {}};
    for (const auto& cursor : s->cursors) {
      table.rows.push_back({cursor.name, std::to_string(cursor.seq.value), grouped(cursor.behind_events),
                            cursor.required ? "yes" : "no"});
    }
    std::cout << "\n";
    print(table);
  }
  return kDone;
}

int verify(const Common& common) {
  const auto config = load_config(common);
  if (!config) return kUsage;
  auto journal = journal::Journal::open(config->data_dir, journal::Access::read);
  if (!journal) return fail(journal.error());
  const bool terminal = ::isatty(STDERR_FILENO) == 1;
  const auto report = pipeline::verify(**journal, [&](std::int64_t done, std::int64_t total) {
    if (terminal) std::cerr << "\r" << grouped(done) << " of " << grouped(total) << " messages" << std::flush;
  });
  if (terminal) std::cerr << "\r\033[K";
  if (!report) return fail(report.error());
  if (common.json) {
    boost::json::array problems(report->problems.begin(), report->problems.end());
    print(boost::json::object{{"sound", report->sound()},
                              {"events", report->events},
                              {"messages", report->heads},
                              {"versions", report->versions},
                              {"chats", report->chats},
                              {"skipped", report->skipped},
                              {"problems", problems}});
  } else {
    for (const auto& problem : report->problems) std::cout << "problem: " << problem << "\n";
    std::cout << (report->sound() ? "sound: " : "NOT sound: ") << grouped(report->events) << " events make "
              << grouped(report->heads) << " messages in " << grouped(report->chats) << " chats";
    if (report->skipped > 0)
      std::cout << "; " << grouped(report->skipped) << " older than the oldest event, not compared";
    std::cout << "\n";
  }
  return report->sound() ? kDone : kLook;
}

int compact(const Common& common) {
  const auto config = load_config(common);
  if (!config) return kUsage;
  auto journal = open_to_change(*config);
  if (!journal) return fail(journal.error());
  const auto before = (*journal)->bytes();
  if (auto done = journal::compact(**journal); !done) return fail(done.error());
  if (common.json) {
    print(boost::json::object{{"bytesBefore", before}, {"bytes", (*journal)->bytes()}});
  } else {
    std::cout << grouped(before >> 10) << " KiB before, " << grouped((*journal)->bytes() >> 10) << " KiB now\n";
  }
  return kDone;
}

}  // namespace

void add_journal(CLI::App& app, Common& common, const ExitCode& code) {
  auto* command = app.add_subcommand("journal", "Look at the journal, prove it, make its file smaller");
  command->require_subcommand(1);
  command->add_subcommand("stats", "Size, counts and readers; also beside a running gateway")
      ->callback([&common, code] { *code = show_stats(common); });
  command->add_subcommand("verify", "Replay all events and compare; exit 3 when something is wrong")
      ->callback([&common, code] { *code = verify(common); });
  command->add_subcommand("compact", "Give free pages back to the disk; the gateway must be stopped")
      ->callback([&common, code] { *code = compact(common); });
}

}  // namespace tg::cli
