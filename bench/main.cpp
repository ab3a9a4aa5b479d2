// What bench/run asks for: one subcommand a job, its figures as one line of JSON on standard output.

#include <sqlite3.h>

#include <CLI/CLI.hpp>
#include <boost/json/serialize.hpp>
#include <iostream>

#include "bare.h"
#include "load.h"
#include "lookup.h"
#include "source/demo/corpus.h"

namespace {

int print(const tg::Result<boost::json::object>& figures) {
  if (!figures) {
    std::cerr << figures.error().to_string() << "\n";
    return 1;
  }
  std::cout << boost::json::serialize(*figures) << "\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Figures for bench/run");
  app.require_subcommand(1);
  int code = 0;

  app.add_subcommand("version", "Which libraries are measured")->callback([&] {
    code = print(boost::json::object{{"sqlite", sqlite3_libversion()}});
  });

  std::string file;
  std::uint64_t count = 0;
  std::uint64_t after = 0;
  std::size_t channels = 40;
  bool past = false;
  auto* corpus = app.add_subcommand("corpus", "Write a made-up Telegram Desktop export");
  corpus->add_option("file", file)->required();
  corpus->add_option("--messages", count)->required();
  corpus->add_option("--after", after);
  corpus->add_option("--channels", channels);
  corpus->add_flag("--past", past);
  corpus->callback([&] {
    tg::demo::ExportOptions options;
    options.channels = channels;
    options.after = after;
    options.past = past;
    const auto bytes = tg::demo::write_export(file, count, options);
    code = print(bytes ? tg::Result<boost::json::object>(boost::json::object{{"bytes", *bytes}}) : bytes.error());
  });

  std::string from, to;
  std::size_t batch = 2'000;
  auto* bare = app.add_subcommand("bare", "Insert the rows of one journal into a new one, and nothing else");
  bare->add_option("from", from)->required();
  bare->add_option("to", to)->required();
  bare->add_option("--batch", batch);
  bare->callback([&] { code = print(tg::bench::bare_insert(from, to, batch)); });

  std::string folder;
  std::uint64_t lookups = 100'000;
  auto* lookup = app.add_subcommand("lookup", "Make a journal with so many heads and look some of them up");
  lookup->add_option("folder", folder)->required();
  lookup->add_option("--heads", count)->required();
  lookup->add_option("--lookups", lookups);
  lookup->callback([&] { code = print(tg::bench::lookup(folder, count, lookups)); });

  tg::bench::Load load;
  auto* http = app.add_subcommand("load", "Ask a gateway over HTTP from keep-alive clients");
  http->add_option("--port", load.port)->required();
  http->add_option("--mix", load.mix)->required();
  http->add_option("--target", load.target);
  http->add_option("--clients", load.clients);
  http->add_option("--seconds", load.seconds);
  http->add_option("--rate", load.rate, "Requests a second of each client; 0: as fast as answers come");
  http->add_option("--channel", load.channels, "ID:NEWEST of each channel");
  http->add_option("--run", load.run, "Another number, other consumers and places");
  http->callback([&] { code = print(tg::bench::run(load)); });

  CLI11_PARSE(app, argc, argv);
  return code;
}
