#include <fcntl.h>

#include <bit>

#include "io/block_sink.hpp"

namespace xrdct::io {
namespace {

static_assert(std::endian::native == std::endian::little, "datasets are little endian, and their bytes are written as they lie in memory");

class DirectSink final : public BlockSink {
 public:
  DirectSink(std::filesystem::path const& file, OutputLayout const& layout, core::BlockPlan const& plan, std::vector<std::uint64_t> addresses)
      : file_(file), datasets_(layout.datasets), plan_(plan), addresses_(std::move(addresses)), descriptor_(file, O_RDWR) {}

  void write_chunks(std::size_t dataset, std::optional<std::size_t> block, std::span<std::byte const> chunks) override {
    if (block) write_at(descriptor_, file_, chunks, addresses_[dataset] + *block * chunks.size());
  }

  void write_places(std::size_t dataset, std::optional<std::size_t> block, std::span<std::byte const> places) override {
    if (block) write_at(descriptor_, file_, places, addresses_[dataset] + plan_.places_of(*block).first * size_of(datasets_[dataset].type));
  }

  void close() override { descriptor_.close(file_); }

 private:
  std::filesystem::path file_;
  std::vector<OutputDataset> datasets_;
  core::BlockPlan plan_;
  std::vector<std::uint64_t> addresses_;
  FileDescriptor descriptor_;
};

}  // namespace

std::unique_ptr<BlockSink> make_direct_sink(std::filesystem::path const& file, OutputLayout const& layout, core::BlockPlan const& plan,
                                            std::vector<std::uint64_t> addresses) {
  return std::make_unique<DirectSink>(file, layout, plan, std::move(addresses));
}

}  // namespace xrdct::io
