#pragma once
#include <string>

namespace xrdct::app {

/// Lines "  name   value" for people.
class AlignedLines {
 public:
  explicit AlignedLines(std::size_t width = 16) : width_(width) {}
  void add(std::string const& name, std::string const& value) {
    auto const gap = name.size() < width_ ? width_ - name.size() : 1;
    text_ += "  " + name + std::string(gap, ' ') + value + "\n";
  }
  std::string const& text() const { return text_; }

 private:
  std::size_t width_;
  std::string text_;
};

}  // namespace xrdct::app
