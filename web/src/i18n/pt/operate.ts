export const operate = {
  'nav.system': 'Sistema',
  'keys.follow': 'Acompanhar, parar', 'keys.line': 'Linha seguinte, anterior', 'keys.openLine': 'Seus campos', 'keys.logEnd': 'Linha mais nova',
  'error.scope': 'Isto pede um token com o escopo {scope}. Entre com um, ou peça a quem opera o gateway.',
  'may.unreachable': 'Desativado enquanto o gateway não responde.', 'may.scope': 'Este token não pode fazer isso: falta o escopo {scope}.',
  'copy.no': 'Copiar exige HTTPS ou loopback', 'bar.signIn': 'Entrar',

  'log.atLeast': '{level} ou pior', 'log.placeholder': 'Texto, ou nome=valor', 'log.filters': 'Filtros', 'log.remove': 'Remover {name} {value}', 'log.clear': 'Limpar filtros',
  'log.following': 'Acompanhando', 'log.pausedButton': 'Parado', 'log.paused': 'Parado. Linhas novas esperam abaixo.', 'log.pausedPill': 'Continuar', 'log.toEnd': 'Para a mais nova', 'log.new': { one: '{n} linha nova', other: '{n} linhas novas' },
  'log.noneText': 'Só as 2.000 linhas mais novas ficam na memória; o journalctl tem as antigas.', 'log.noneYet': 'O que acontecer a partir de agora aparece aqui.',
  'log.only': 'Só linhas com {name} {value}', 'log.copyValue': 'Copiar {name}', 'log.copyAs': 'Copiar como journalctl', 'log.copyGap': 'Copiar o journalctl delas',
  'log.gap': 'Faltam linhas aqui, de {from} a {to}: a página não estava conectada, e elas já não estão na memória do gateway.',

  'sys.window': 'Período', 'sys.hours': { one: '{n} h', other: '{n} h' }, 'sys.well': { one: 'A única dependência funciona', other: 'Todas as {n} dependências funcionam' }, 'sys.degraded': { one: '{n} de {of} dependências funciona mal', other: '{n} de {of} dependências funcionam mal' }, 'sys.down': { one: '{n} de {of} dependências está fora', other: '{n} de {of} dependências estão fora' }, 'sys.unknown': 'Ainda não se sabe nada das dependências',
  'sys.uptime': 'No ar há', 'sys.version': 'versão {version}', 'sys.cpu': 'Processador', 'sys.ofCore': 'de um núcleo', 'sys.memory': 'Memória', 'sys.resident': 'na RAM', 'sys.hits': 'Respostas da memória', 'sys.hitsText': 'das páginas', 'sys.disk': 'Disco livre', 'sys.diskOf': 'de {size}',
  'sys.dependencies': 'Dependências', 'sys.role.journal': 'diário', 'sys.role.disk': 'disco', 'sys.role.store': 'armazém', 'sys.role.source': 'fonte', 'sys.role.destination': 'destino', 'sys.state.ok': 'funciona', 'sys.state.degraded': 'funciona mal', 'sys.state.down': 'fora',
  'sys.budget': 'Margem de erro', 'sys.left': '{percent} restantes', 'sys.goal.capture': 'Captura ativa', 'sys.goal.stored': 'Guardadas em até 500 ms', 'sys.goal.polls': 'Consultas respondidas em até 15 ms', 'sys.reached': 'prometido {target}, alcançado {now}', 'sys.target': 'prometido {target}', 'sys.budgetSince': 'Das últimas {hours} h, até onde o programa rodou: desde {time}.',
  'sys.throughput': 'Mensagens por minuto, por origem', 'sys.throughputSummary': 'Mensagens por minuto e origem, últimas {hours} horas: máximo {most}, agora {now}', 'sys.stored': 'De vista a guardada', 'sys.storedSummary': 'Tempo de vista a guardada, últimas {hours} horas: p95 agora {now}', 'sys.costSummary': '{what}, últimas {hours} horas: agora {now}',
  'sys.latency': 'Latência', 'sys.what': 'O quê', 'sys.count': 'Vezes', 'sys.lat.stored': 'De vista a guardada', 'sys.lat.commit': 'Gravação com fsync', 'sys.lat.polls': 'Consultas de consumidores',
  'sys.journal': 'Diário', 'sys.size': 'Tamanho', 'sys.oldest': 'Evento mais antigo', 'sys.newest': 'Evento mais novo', 'sys.fsync': 'Gravação com fsync, p95', 'sys.seq': 'Número de sequência mais novo',

  'set.tabs': 'Ajustes', 'set.tab.general': 'Geral', 'set.tab.tokens': 'Tokens', 'set.tab.keeping': 'Retenção', 'set.tab.configuration': 'Configuração', 'set.tab.about': 'Sobre', 'set.sample': 'As mensagens ficam assim.',
  'set.notify': 'Notificações', 'set.notifyHint': 'Quando algo faltar, a captura parar ou tudo voltar ao normal, com esta página em segundo plano.', 'set.notifyDenied': 'O navegador as recusa; permita-as para este endereço nas configurações dele.', 'set.notifyNone': 'Exigem HTTPS ou loopback, e um navegador que as tenha.',

  'ses.title': 'Este navegador', 'ses.in': 'Sessão aberta; pode {scopes}.', 'ses.out': 'Sem sessão.', 'ses.signOut': 'Sair', 'ses.open': 'Não é preciso entrar', 'ses.openText': 'Este gateway não pede token: quem o alcança nesta máquina pode tudo.',
  'tok.new': 'Novo token', 'tok.name': 'Nome', 'tok.begins': 'Começa com', 'tok.scopes': 'Escopos', 'tok.made': 'Criado', 'tok.expires': 'Expira', 'tok.used': 'Último uso', 'tok.revoke': 'Revogar', 'tok.revokeOf': 'Revogar {name}', 'tok.current': 'este navegador', 'tok.expired': 'expirado', 'tok.configuration': 'na configuração', 'tok.inFile': 'remova-o lá', 'tok.never': 'nunca', 'tok.unused': 'ainda não', 'tok.ago': 'há {span}',
  'tok.open': 'Este gateway não pede token agora. Os criados aqui valem quando auth.require_token estiver ligado.', 'tok.none': 'Nenhum token', 'tok.noneText': 'Um programa ou uma pessoa que chama a API de outro lugar precisa de um.',
  'tok.nameHint': 'Para quem é: letras, algarismos, pontos, - e _', 'tok.may': 'Ele pode', 'tok.scope.read': 'Ler mensagens, canais e o estado de tudo', 'tok.scope.consume': 'Ler, e marcar e confirmar mensagens', 'tok.scope.admin': 'Tudo, também tokens e contas', 'tok.inDays': { one: 'em {n} dia', other: 'em {n} dias' }, 'tok.make': 'Criar o token', 'tok.taken': 'Já existe um token com o nome {name}. Escolha outro.',
  'tok.madeTitle': 'Token {name}', 'tok.once': 'Copie agora: ele só aparece desta vez. O gateway guarda apenas o hash.', 'tok.copy': 'Copiar o token', 'tok.copyCall': 'Copiar como curl', 'tok.send': 'Os programas o enviam como Authorization: Bearer, ou como X-Gateway-Token.', 'tok.stored': 'Já o guardei',
  'tok.revokeTitle': 'Revogar {name}?', 'tok.revokeText': 'O que chamar com ele é recusado a partir desse momento; suas sessões e transmissões terminam. Não há volta.', 'tok.revokeOwn': 'Você entrou com este mesmo token: este navegador sai na hora. Não há volta.',

  'keep.messages': 'Mensagens', 'keep.messagesJournal': 'Guardadas para sempre, no diário desta máquina.', 'keep.messagesEver': 'Guardadas para sempre, no banco de dados.', 'keep.messagesDays': { one: 'Guardadas por {n} dia no banco de dados, depois apagadas.', other: 'Guardadas por {n} dias no banco de dados, depois apagadas.' },
  'keep.deletions': 'Apagamentos', 'keep.deletionsText': 'O que é apagado num canal fica aqui, marcado como apagado. Nada é eliminado por isso.',
  'keep.journal': 'Diário', 'keep.journalDays': { one: 'Os eventos ficam por {n} dia no mínimo, e até que todo destino os tenha.', other: 'Os eventos ficam por {n} dias no mínimo, e até que todo destino os tenha.' }, 'keep.journalWhole': 'O diário é o próprio armazém, então nenhum evento sai. Acima de {size} nada mais é capturado.',
  'keep.reserve': 'Reserva de disco', 'keep.reserveText': 'A captura para antes que restem menos de {size} livres, e volta sozinha quando houver espaço.',
  'keep.media': 'Mídia', 'keep.mediaNone': 'Arquivos são buscados só quando alguém pede um.', 'keep.mediaText': 'Buscados sozinhos: {kinds}, até {file} cada. Acima de {all} no total, os mais antigos saem e podem ser buscados de novo.',
  'keep.news': 'O que conta como novidade', 'keep.newsText': 'O que foi recuperado mais de {span} depois de publicado fica guardado, mas não é oferecido aos consumidores como novo.', 'keep.by': 'Definido por', 'keep.change': 'Para mudar: defina a chave em {file} e reinicie o gateway.',

  'cfg.changed': 'Só o que foi definido', 'cfg.filter': 'Filtrar chaves', 'cfg.file': 'Lida de {file}.', 'cfg.noFile': 'Não existe {file}.', 'cfg.text': 'Segredos ficam em arquivos próprios e não aparecem. Uma mudança vale depois de reiniciar.', 'cfg.none': 'Nenhuma chave corresponde', 'cfg.key': 'Chave', 'cfg.value': 'Valor', 'cfg.from': 'Origem',
  'cfg.origin.default': 'padrão', 'cfg.origin.file': 'arquivo', 'cfg.origin.env': 'ambiente', 'cfg.origin.flag': 'linha de comando',
  'about.unofficial': 'Software não oficial, não feito, aprovado nem mantido pelo Telegram. “Telegram” é marca do seu titular.', 'about.licence': 'Licença', 'about.api': 'A API como documento', 'about.install': 'Instalar', 'about.canInstall': 'O menu do navegador instala; depois abre sem rede, com o que sabia por último.', 'about.libraries': 'Feito com',
};
