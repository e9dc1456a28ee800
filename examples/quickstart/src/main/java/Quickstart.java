import dev.dbrx4j.DbrxModel;
import java.nio.file.Path;

void main(String[] args) {
  try (DbrxModel model = DbrxModel.load(Path.of(args[0]))) {
    System.out.println(model.generate("Once upon a time").text());
  }
}
