// Blocks of the output, each rank for itself, by the system's own calls.
#include <fcntl.h>

#include "io/files/durable_file.hpp"
#include "io/output/block_sink.hpp"

namespace xrdct::io {
namespace {

class DirectSink final : public BlockSink {
 public:
  explicit DirectSink(std::filesystem::path const& file) : file_(file), descriptor_(file, O_RDWR) {}

  void write(std::uint64_t address, std::span<std::byte const> bytes, std::size_t) override {
    write_at(descriptor_, file_, bytes, address);
  }

  void close() override { descriptor_.close(file_); }

 private:
  std::filesystem::path file_;
  FileDescriptor descriptor_;
};

}  // namespace

std::unique_ptr<BlockSink> make_direct_sink(std::filesystem::path const& file) {
  return std::make_unique<DirectSink>(file);
}

}  // namespace xrdct::io
