package dev.dbrx4j.examples;

import dev.dbrx4j.Chat;
import dev.dbrx4j.DbrxModel;
import dev.dbrx4j.GenerationResult;
import java.nio.file.Path;
import java.util.List;

/// A conversation of two questions, the second of which needs the first.
public final class ChatExample {
  private ChatExample() {}

  /// Runs the example.
  ///
  /// @param args a model's folder, or nothing for the default model
  public static void main(String[] args) {
    Path folder = args.length > 0 ? Path.of(args[0]) : DefaultModel.folder();
    try (DbrxModel model = DbrxModel.load(folder)) {
      Chat chat = model.chat().system("You answer in one sentence.");
      for (String question : List.of("Which planet is the largest?", "How many moons has it?")) {
        GenerationResult answer = chat.user(question).generate();
        chat.assistant(answer.text());
        System.out.println(question + "\n  " + answer.text());
      }
    }
  }
}
