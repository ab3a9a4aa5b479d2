#include "backup/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <boost/json/serialize.hpp>
#include <cerrno>

#include "backup/durable.h"

namespace tg::backup {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kChunk = 1U << 20, kLongestManifest = 8U << 20;  // bytes
constexpr std::string_view kProofName = "manifest.sha256";

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }
  void add(std::string_view bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }
  std::string hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_DigestFinal_ex(context_.get(), digest.data(), &size);
    std::string text;
    for (unsigned i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
    return text;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

// Hands `each` the file piece by piece.
Result<void> read_file(const fs::path& path, const std::function<Result<void>(std::string_view)>& each) {
  auto file = open_to_read(path);
  if (!file) return file.error();
  std::string chunk(kChunk, '\0');
  while (true) {
    const auto got = ::read(file->get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return error_at("reading", path, errno);
    if (got == 0) return {};
    if (auto done = each({chunk.data(), static_cast<std::size_t>(got)}); !done) return done;
  }
}

Error writing_failed(archive* writer, const fs::path& to) {
  const int why = archive_errno(writer);
  return error_at("writing", to, why > 0 ? why : EIO);
}

Error reading_failed(archive* reader, const fs::path& from) {
  const char* words = archive_error_string(reader);
  return {Code::corrupt, fmt::format("{} is no whole backup: {}", from.string(), words ? words : "it ends too soon"),
          "Take another backup of the same folder"};
}

Error differs(const fs::path& from, std::string_view what) {
  return {Code::corrupt, fmt::format("{}: {}", from.string(), what), "Take another backup of the same folder"};
}

using Entry = std::unique_ptr<archive_entry, decltype(&archive_entry_free)>;

Result<void> begin_entry(archive* writer, const std::string& name, std::int64_t bytes, model::Time at,
                         const fs::path& to) {
  const Entry entry(archive_entry_new(), &archive_entry_free);
  archive_entry_set_pathname(entry.get(), name.c_str());
  archive_entry_set_size(entry.get(), bytes);
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0600);
  archive_entry_set_mtime(entry.get(), at.to_seconds(), 0);
  if (archive_write_header(writer, entry.get()) != ARCHIVE_OK) return writing_failed(writer, to);
  return {};
}

Result<void> add_bytes(archive* writer, std::string_view bytes, const fs::path& to) {
  const auto done = archive_write_data(writer, bytes.data(), bytes.size());
  if (done < 0) return writing_failed(writer, to);
  // An entry takes no more than it was said to have.
  if (static_cast<std::size_t>(done) != bytes.size()) return differs(to, "a file grew while it was packed");
  return {};
}

using Reader = std::unique_ptr<archive, decltype(&archive_read_free)>;

// Only what this program writes: the fewer formats, the less a hostile file can try.
Result<Reader> open_archive(const fs::path& from, const File& file) {
  Reader reader(archive_read_new(), &archive_read_free);
  archive_read_support_filter_zstd(reader.get());
  archive_read_support_format_tar(reader.get());
  if (archive_read_open_fd(reader.get(), file.get(), kChunk) != ARCHIVE_OK) return reading_failed(reader.get(), from);
  return reader;
}

// The next entry; nothing at the end.
Result<archive_entry*> next_entry(archive* reader, const fs::path& from) {
  archive_entry* entry = nullptr;
  const int got = archive_read_next_header(reader, &entry);
  if (got == ARCHIVE_EOF) return static_cast<archive_entry*>(nullptr);
  if (got != ARCHIVE_OK) return reading_failed(reader, from);
  if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != nullptr)
    return differs(from, "it holds something that is no regular file");
  return entry;
}

std::string name_of(archive_entry* entry) {
  const char* name = archive_entry_pathname(entry);
  return name ? name : "";
}

// Hands `each` the entry's content piece by piece.
Result<void> read_entry(archive* reader, const fs::path& from,
                        const std::function<Result<void>(std::string_view)>& each) {
  std::string chunk(kChunk, '\0');
  while (true) {
    const auto got = archive_read_data(reader, chunk.data(), chunk.size());
    if (got < 0) return reading_failed(reader, from);
    if (got == 0) return {};
    if (auto done = each({chunk.data(), static_cast<std::size_t>(got)}); !done) return done;
  }
}

std::string sha256(std::string_view text) {
  Sha256 hash;
  hash.add(text);
  return hash.hex();
}

Result<std::string> read_text(archive* reader, const fs::path& from) {
  std::string text;
  auto read = read_entry(reader, from, [&](std::string_view bytes) -> Result<void> {
    if (text.size() + bytes.size() > kLongestManifest) return differs(from, "its manifest is too long");
    text += bytes;
    return {};
  });
  if (!read) return read.error();
  return text;
}

// The manifest and its proof: the first two entries.
Result<Manifest> first_entries(archive* reader, const fs::path& from) {
  auto entry = next_entry(reader, from);
  if (!entry) return entry.error();
  if (!*entry || name_of(*entry) != kManifestName)
    return Error{Code::corrupt, fmt::format("{} is no backup of this program", from.string()),
                 "Name a file that telegram-gateway backup wrote"};
  auto text = read_text(reader, from);
  if (!text) return text.error();
  entry = next_entry(reader, from);
  if (!entry) return entry.error();
  if (!*entry || name_of(*entry) != kProofName) return differs(from, "nothing proves its manifest");
  auto proof = read_text(reader, from);
  if (!proof) return proof.error();
  if (*proof != sha256(*text)) return differs(from, "its manifest is not what was saved (SHA-256)");
  return parse_manifest(*text);
}

// One file of the archive, to `to` where one is given.
Result<void> take_file(archive* reader, const fs::path& from, const FileEntry& expected,
                       const std::optional<fs::path>& to, const std::function<Result<void>(std::int64_t)>& on_bytes) {
  std::optional<File> file;
  if (to) {
    auto made = create(*to);
    if (!made) return made.error();
    file.emplace(std::move(*made));
  }
  Sha256 hash;
  std::int64_t bytes = 0;
  auto read = read_entry(reader, from, [&](std::string_view piece) -> Result<void> {
    bytes += static_cast<std::int64_t>(piece.size());
    if (bytes > expected.bytes) return differs(from, expected.name + " is longer than its manifest says");
    hash.add(piece);
    if (file) {
      if (auto written = write_all(*file, piece, *to); !written) return written;
    }
    return on_bytes(static_cast<std::int64_t>(piece.size()));
  });
  if (!read) return read;
  if (bytes != expected.bytes || hash.hex() != expected.sha256)
    return differs(from, expected.name + " is not what was saved (SHA-256)");
  return file ? sync(*file, *to) : Result<void>();
}

}  // namespace

Result<std::string> sha256_of(const fs::path& file) {
  Sha256 hash;
  auto read = read_file(file, [&](std::string_view bytes) -> Result<void> {
    hash.add(bytes);
    return {};
  });
  if (!read) return read.error();
  return hash.hex();
}

Result<void> write_archive(const fs::path& to, const Manifest& manifest, const fs::path& folder,
                           const OnBytes& on_bytes) {
  auto file = create(to);
  if (!file) return file.error();
  const std::unique_ptr<archive, decltype(&archive_write_free)> writer(archive_write_new(), &archive_write_free);
  archive_write_add_filter_zstd(writer.get());
  archive_write_set_format_pax_restricted(writer.get());
  if (archive_write_open_fd(writer.get(), file->get()) != ARCHIVE_OK) return writing_failed(writer.get(), to);
  const auto text = boost::json::serialize(to_json(manifest));
  auto written = begin_entry(writer.get(), std::string(kManifestName), static_cast<std::int64_t>(text.size()),
                             manifest.made_at, to);
  if (written) written = add_bytes(writer.get(), text, to);
  const auto proof = sha256(text);
  if (written) {
    written = begin_entry(writer.get(), std::string(kProofName), static_cast<std::int64_t>(proof.size()),
                          manifest.made_at, to);
  }
  if (written) written = add_bytes(writer.get(), proof, to);
  if (!written) return written;
  std::int64_t done = 0;
  for (const auto& one : manifest.files) {
    written = begin_entry(writer.get(), one.name, one.bytes, manifest.made_at, to);
    if (!written) return written;
    written = read_file(folder / one.name, [&](std::string_view bytes) -> Result<void> {
      if (auto added = add_bytes(writer.get(), bytes, to); !added) return added;
      return on_bytes(done += static_cast<std::int64_t>(bytes.size()));
    });
    if (!written) return written;
  }
  if (archive_write_close(writer.get()) != ARCHIVE_OK) return writing_failed(writer.get(), to);
  if (auto synced = sync(*file, to); !synced) return synced;
  return sync_folder(to.parent_path());
}

Result<Manifest> read_manifest(const fs::path& from) {
  auto file = open_to_read(from);
  if (!file) return file.error();
  auto reader = open_archive(from, *file);
  if (!reader) return reader.error();
  return first_entries(reader->get(), from);
}

Result<Manifest> read_archive(const fs::path& from, const std::optional<fs::path>& into, const OnBytes& on_bytes) {
  auto file = open_to_read(from);
  if (!file) return file.error();
  auto reader = open_archive(from, *file);
  if (!reader) return reader.error();
  auto manifest = first_entries(reader->get(), from);
  if (!manifest) return manifest;
  if (into) {
    if (auto made = make_folder(*into); !made) return made.error();
  }
  std::int64_t done = 0;
  for (const auto& expected : manifest->files) {
    auto entry = next_entry(reader->get(), from);
    if (!entry) return entry.error();
    if (!*entry || name_of(*entry) != expected.name) return differs(from, expected.name + " is not in it");
    auto taken = take_file(reader->get(), from, expected, into ? std::optional(*into / expected.name) : std::nullopt,
                           [&](std::int64_t bytes) { return on_bytes(done += bytes); });
    if (!taken) return taken.error();
  }
  auto more = next_entry(reader->get(), from);
  if (!more) return more.error();
  if (*more) return differs(from, name_of(*more) + " is in it, which its manifest does not name");
  return manifest;
}

}  // namespace tg::backup
