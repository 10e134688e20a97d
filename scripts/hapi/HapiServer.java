/*
 * A real HAPI FHIR JPA server, R4, on a free port of this machine, with everything in memory.
 *
 * In      --port N (0 or absent: a free one), --exit-with-stdin (end when standard input ends, so that no parent leaves it behind)
 * Out     one line on standard output when it answers: the base address
 * Choice  search pre-fetch thresholds end without an unlimited step, [50, 400]: a search is then cut at 402 without a word, as
 *         public servers cut theirs; pages hold 200 at most
 * Choice  searches are answered from the cache for a minute, as by default: a client that must see its own writes has to say so
 * Choice  jobs are tended twice a second rather than once a minute: a small bulk export takes seconds
 */
import ca.uhn.fhir.batch2.api.IJobMaintenanceService;
import ca.uhn.fhir.batch2.jobs.config.Batch2JobsConfig;
import ca.uhn.fhir.batch2.jobs.export.BulkDataExportProvider;
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.config.ThreadPoolFactoryConfig;
import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.jpa.batch2.JpaBatch2Config;
import ca.uhn.fhir.jpa.binary.api.IBinaryStorageSvc;
import ca.uhn.fhir.jpa.binstore.DatabaseBinaryContentStorageSvcImpl;
import ca.uhn.fhir.jpa.config.HapiJpaConfig;
import ca.uhn.fhir.jpa.config.r4.JpaR4Config;
import ca.uhn.fhir.jpa.config.util.HapiEntityManagerFactoryUtil;
import ca.uhn.fhir.jpa.model.config.PartitionSettings;
import ca.uhn.fhir.jpa.model.config.SubscriptionSettings;
import ca.uhn.fhir.jpa.model.dialect.HapiFhirH2Dialect;
import ca.uhn.fhir.jpa.provider.IJpaSystemProvider;
import ca.uhn.fhir.jpa.provider.JpaCapabilityStatementProvider;
import ca.uhn.fhir.jpa.search.DatabaseBackedPagingProvider;
import ca.uhn.fhir.jpa.subscription.channel.config.SubscriptionChannelConfig;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.provider.ResourceProviderFactory;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import com.zaxxer.hikari.HikariDataSource;
import jakarta.persistence.EntityManagerFactory;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;

public final class HapiServer {
  private static final int PAGE_SIZE = 200;
  private static final List<Integer> PREFETCH_THRESHOLDS = List.of(50, 400);

  public static void main(String[] arguments) throws Exception {
    List<String> given = List.of(arguments);
    int port = given.contains("--port") ? Integer.parseInt(given.get(given.indexOf("--port") + 1)) : 0;
    var context = new AnnotationConfigApplicationContext(Storage.class);
    var jobs = context.getBean(IJobMaintenanceService.class);
    var clock = Executors.newSingleThreadScheduledExecutor(task -> {
      var thread = new Thread(task, "jobs");
      thread.setDaemon(true);
      return thread;
    });
    clock.scheduleWithFixedDelay(() -> tend(jobs), 500, 500, TimeUnit.MILLISECONDS);

    var server = new Server();
    var connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    connector.setPort(port);
    server.addConnector(connector);
    var handler = new ServletContextHandler();
    handler.addServlet(new ServletHolder(fhirServlet(context)), "/fhir/*");
    server.setHandler(handler);
    server.start();
    System.out.println("http://127.0.0.1:" + connector.getLocalPort() + "/fhir");
    if (!given.contains("--exit-with-stdin")) return;
    while (System.in.read() >= 0) {}
    // Nothing is worth keeping: an orderly end would take longer than the tests wait.
    Runtime.getRuntime().halt(0);
  }

  private static RestfulServer fhirServlet(AnnotationConfigApplicationContext context) {
    var servlet = new RestfulServer(context.getBean(FhirContext.class));
    servlet.registerProviders(context.getBean(ResourceProviderFactory.class).createProviders());
    servlet.registerProvider(context.getBean(IJpaSystemProvider.class));
    servlet.registerProvider(context.getBean(BulkDataExportProvider.class));
    servlet.setPagingProvider(context.getBean(DatabaseBackedPagingProvider.class).setDefaultPageSize(20).setMaximumPageSize(PAGE_SIZE));
    servlet.setServerConformanceProvider(new JpaCapabilityStatementProvider(servlet, context.getBean(IFhirSystemDao.class),
        context.getBean(JpaStorageSettings.class), context.getBean(ISearchParamRegistry.class), context.getBean(IValidationSupport.class)));
    return servlet;
  }

  private static void tend(IJobMaintenanceService jobs) {
    try {
      jobs.runMaintenancePass();
    } catch (RuntimeException ignored) {
      // The next pass is half a second away; an exception here would end them all.
    }
  }

  @Configuration
  @Import({JpaR4Config.class, HapiJpaConfig.class, JpaBatch2Config.class, Batch2JobsConfig.class, ThreadPoolFactoryConfig.class,
      SubscriptionChannelConfig.class})
  static class Storage {
    @Bean JpaStorageSettings storageSettings() {
      var settings = new JpaStorageSettings();
      settings.setSearchPreFetchThresholds(PREFETCH_THRESHOLDS);
      return settings;
    }

    @Bean PartitionSettings partitionSettings() { return new PartitionSettings(); }

    @Bean SubscriptionSettings subscriptionSettings() { return new SubscriptionSettings(); }

    @Bean IBinaryStorageSvc binaryStorage() { return new DatabaseBinaryContentStorageSvcImpl(); }

    @Bean DataSource dataSource() {
      var pool = new HikariDataSource();
      pool.setJdbcUrl("jdbc:h2:mem:fhir;DB_CLOSE_DELAY=-1");
      pool.setUsername("sa");
      pool.setMaximumPoolSize(20);
      return pool;
    }

    @Bean LocalContainerEntityManagerFactoryBean entityManagerFactory(ConfigurableListableBeanFactory beans, FhirContext fhir,
        JpaStorageSettings settings, DataSource dataSource) {
      var factory = HapiEntityManagerFactoryUtil.newEntityManagerFactory(beans, fhir, settings);
      var properties = new Properties();
      properties.put("hibernate.dialect", HapiFhirH2Dialect.class.getName());
      properties.put("hibernate.hbm2ddl.auto", "update");
      properties.put("hibernate.search.enabled", "false");
      factory.setPersistenceUnitName("fhir");
      factory.setDataSource(dataSource);
      factory.setJpaProperties(properties);
      return factory;
    }

    @Bean @Primary JpaTransactionManager transactionManager(EntityManagerFactory factory) { return new JpaTransactionManager(factory); }
  }
}
