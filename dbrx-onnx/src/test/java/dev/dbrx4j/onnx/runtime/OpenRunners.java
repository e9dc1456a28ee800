package dev.dbrx4j.onnx.runtime;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/// Fails a test, and a test class, that leaves a runner open. Registered for every test here.
public final class OpenRunners
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
  private static final Namespace OPEN = Namespace.create(OpenRunners.class);

  @Override
  public void beforeAll(ExtensionContext context) {
    remember(context);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    remember(context);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    compare(context);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    compare(context);
  }

  private static void remember(ExtensionContext context) {
    context.getStore(OPEN).put(context.getUniqueId(), LeakWarning.open());
  }

  private static void compare(ExtensionContext context) {
    int before = context.getStore(OPEN).get(context.getUniqueId(), Integer.class);
    int left = LeakWarning.open() - before;
    if (left > 0) {
      throw new AssertionError(context.getDisplayName() + " left runners open: " + left);
    }
  }
}
